import type { Diagnostic, FileEdit, SourceText } from "@dibkit/model";
import type { CodeAction, Range, TextDocumentEdit, TextEdit, WorkspaceEdit } from "vscode-languageserver/node.js";
import { lspDiagnostic, rangeOf } from "./lsp-diagnostic.js";
import { uriOfPath } from "./workspace.js";

/** Command by which the server changes mode bits, which editors cannot. */
export const CHMOD_COMMAND = "dibkit.chmod";

/** Repairs of the findings in a range of a file whose text in the editor is `text`. */
export function codeActions(
  path: string,
  text: string | undefined,
  range: Range,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const actions: CodeAction[] = [];
  for (const diagnostic of diagnostics) {
    const { fix, location } = diagnostic;
    if (fix === undefined || location?.source.path !== path || !touches(rangeOf(location), range)) continue;
    // What was found in another text, such as that of a module that is not saved yet, would be put in the wrong place.
    if (text !== undefined && text !== location.source.text) continue;
    const bits = fix.edits.find((edit) => edit.kind === "chmod");
    const edit = workspaceEdit(fix.edits, location.source);
    actions.push({
      title: fix.safe ? fix.title : `${fix.title} (look at the change)`,
      kind: "quickfix",
      isPreferred: fix.safe,
      diagnostics: [lspDiagnostic(diagnostic)],
      ...(edit && { edit }),
      ...(bits?.kind === "chmod" && {
        command: { title: fix.title, command: CHMOD_COMMAND, arguments: [bits.path, bits.executable] },
      }),
    });
  }
  return actions;
}

/** The safe repairs of everything that was found in a file whose text in the editor is `text`. */
export function formatting(path: string, text: string, diagnostics: readonly Diagnostic[]): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { fix, location } of diagnostics) {
    if (fix?.safe !== true || location?.source.path !== path || location.source.text !== text) continue;
    const own = fix.edits.flatMap((edit) =>
      edit.kind === "replace" && edit.path === path
        ? [{ range: rangeOf({ source: location.source, start: edit.start, end: edit.end }), newText: edit.text }]
        : [],
    );
    // An editor refuses edits that overlap; what is left is found again, and repaired the next time.
    if (own.length === fix.edits.length && !own.some((one) => edits.some((other) => touches(one.range, other.range))))
      edits.push(...own);
  }
  return edits;
}

function workspaceEdit(edits: readonly FileEdit[], source: SourceText): WorkspaceEdit | undefined {
  const texts: TextDocumentEdit["edits"] = [];
  const changes: NonNullable<WorkspaceEdit["documentChanges"]> = [];
  for (const edit of edits) {
    if (edit.kind === "replace" && edit.path === source.path) {
      texts.push({ range: rangeOf({ source, start: edit.start, end: edit.end }), newText: edit.text });
    } else if (edit.kind === "rename") {
      changes.push({ kind: "rename", oldUri: uriOfPath(edit.path), newUri: uriOfPath(edit.to) });
    }
  }
  if (texts.length > 0) changes.unshift({ textDocument: { uri: uriOfPath(source.path), version: null }, edits: texts });
  return changes.length > 0 ? { documentChanges: changes } : undefined;
}

function touches(a: Range, b: Range): boolean {
  const before = (x: Range["start"], y: Range["start"]) =>
    x.line < y.line || (x.line === y.line && x.character < y.character);
  return !before(a.end, b.start) && !before(b.end, a.start);
}
