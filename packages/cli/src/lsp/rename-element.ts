import { sep } from "node:path";
import { type Catalog, type Element, isElementName, moduleText, viewsOf } from "@dibkit/model";
import type { Range, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver/node.js";
import { rangeOf } from "./lsp-diagnostic.js";
import { inImageList, namingFiles } from "./naming-files.js";
import { uriOfPath } from "./workspace.js";

/** The element that a line of `element-deps` or `element-provides` names, when it is one of this workspace. */
export function renamable(path: string, line: string, root: string, catalog: Catalog | undefined): Element | undefined {
  if (!/\/element-(deps|provides)$/.test(path)) return undefined;
  const element = catalog?.elements.get(line.trim());
  return element?.origin === "disk" && element.root.startsWith(root + sep) ? element : undefined;
}

/** Where the name stands in a line. */
export function nameRange(line: number, text: string): Range {
  const start = text.length - text.trimStart().length;
  return { start: { line, character: start }, end: { line, character: start + text.trim().length } };
}

/**
 * Another name for an element: its directory, the directories of `install.d` that carry it, and its name in every list
 * of elements or of images and in every module of the workspace.
 *
 * @returns a sentence when the name cannot be taken
 */
export function renameElement(element: Element, name: string, root: string, catalog: Catalog): WorkspaceEdit | string {
  if (!isElementName(name)) return `"${name}" cannot be the name of an element: use no white space, "/" and ":"`;
  if (catalog.elements.has(name)) return `there is an element "${name}" already`;
  const edits = new Map<string, TextDocumentEdit["edits"][number][]>();
  const add = (path: string, range: Range, newText: string) =>
    edits.set(path, [...(edits.get(path) ?? []), { range, newText }]);
  const modules = new Set<string>();
  for (const user of catalog.elements.values()) {
    if (!user.root.startsWith(root + sep)) continue;
    if (user.origin === "typescript") modules.add(user.root);
    else
      for (const entry of [...viewsOf(user).deps.value, ...viewsOf(user).provides.value])
        if (entry.name === element.name) add(entry.location.source.path, rangeOf(entry.location), name);
  }
  const elements = new Set([...catalog.elements.values()].map(({ root }) => root));
  const others = namingFiles(root, elements);
  for (const path of others.modules) modules.add(path);
  for (const path of others.lists) {
    for (const location of inImageList(path, element.name)) {
      const { source, start, end } = location;
      // Quotes, if there are any, stay.
      const quotes = source.text.slice(start, end).length - element.name.length === 2 ? 1 : 0;
      add(path, rangeOf({ source, start: start + quotes, end: end - quotes }), name);
    }
  }
  for (const path of [...modules].sort()) {
    const source = moduleText(path);
    for (const { 0: call, 1: quote = "", index } of source?.text.matchAll(referenceTo(element.name)) ?? []) {
      const start = index + call.length - element.name.length - quote.length;
      if (source) add(path, rangeOf({ source, start, end: start + element.name.length }), name);
    }
  }
  const moved = uriOfPath(element.root.slice(0, -element.name.length) + name);
  const documentChanges: NonNullable<WorkspaceEdit["documentChanges"]> = [...edits].map(([path, list]) => ({
    textDocument: { uri: uriOfPath(path), version: null },
    edits: list,
  }));
  for (const directory of installTypeDirectories(element)) {
    const oldUri = uriOfPath(`${element.root}/install.d/${directory}`);
    const newUri = uriOfPath(`${element.root}/install.d/${name}${directory.slice(element.name.length)}`);
    documentChanges.push({ kind: "rename", oldUri, newUri });
  }
  documentChanges.push({ kind: "rename", oldUri: uriOfPath(element.root), newUri: moved });
  return { documentChanges };
}

function referenceTo(name: string): RegExp {
  return new RegExp(`elementRef\\(\\s*(["'])${name.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&")}\\1`, "g");
}

function installTypeDirectories(element: Element): readonly string[] {
  const names = [...element.files.keys()].map((path) => /^install\.d\/([^/]+)\//.exec(path)?.[1] ?? "");
  return [...new Set(names)].filter(
    (each) => each.startsWith(`${element.name}-`) && /^[A-Za-z0-9]+-install$/.test(each.slice(element.name.length + 1)),
  );
}
