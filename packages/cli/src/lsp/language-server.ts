import { chmodSync, statSync } from "node:fs";
import type { Diagnostic } from "@dibkit/model";
import {
  type Connection,
  createConnection,
  ErrorCodes,
  type Position,
  ProposedFeatures,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node.js";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Terminal } from "../terminal.js";
import { CHMOD_COMMAND, codeActions, formatting } from "./code-actions.js";
import { completion, wordAt } from "./completion.js";
import { definition } from "./definition.js";
import { hover } from "./hover.js";
import { lspDiagnostic } from "./lsp-diagnostic.js";
import { nameRange, renamable, renameElement } from "./rename-element.js";
import { createWorkspace, pathOfUri, uriOfPath, type Workspace } from "./workspace.js";

// Long enough that a fast typist is not linted at every key, short enough to feel immediate.
const PAUSE_MS = 150;

/** Serves one editor on standard input and output until it says goodbye; resolves with whether it did so properly. */
export function serve(terminal: Terminal): Promise<boolean> {
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(terminal.stdin as NodeJS.ReadableStream),
    new StreamMessageWriter(terminal.stdout as NodeJS.WritableStream),
  );
  return new Promise((resolve) => {
    let asked = false;
    connection.onShutdown(() => {
      asked = true;
    });
    connection.onExit(() => resolve(asked));
    terminal.stdin.on("end", () => resolve(asked));
    register(connection, terminal);
    connection.listen();
  });
}

function register(connection: Connection, terminal: Terminal): void {
  const documents = new TextDocuments(TextDocument);
  let workspace: Workspace | undefined;
  let found: readonly Diagnostic[] = [];
  let published = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stale = true;
  let running = Promise.resolve();

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    const uri = workspaceFolders?.[0]?.uri ?? rootUri;
    workspace = createWorkspace((uri && pathOfUri(uri)) ?? terminal.cwd, terminal);
    return {
      serverInfo: { name: "dibkit" },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        hoverProvider: true,
        definitionProvider: true,
        completionProvider: { triggerCharacters: ["$", "{", '"', " "] },
        renameProvider: { prepareProvider: true },
        documentFormattingProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix"] },
        executeCommandProvider: { commands: [CHMOD_COMMAND] },
      },
    };
  });
  connection.onInitialized(() => lintSoon(true));
  documents.onDidChangeContent(() => lintSoon(false));
  documents.onDidSave(() => lintSoon(true));
  documents.onDidClose(() => lintSoon(true));
  connection.onDidChangeWatchedFiles(() => lintSoon(true));

  connection.onHover(async ({ textDocument, position }) => {
    await loaded();
    const at = lineAt(textDocument.uri, position.line);
    if (at === undefined) return undefined;
    const catalog = workspace?.catalog();
    const word = wordAt(at.path, beforeIn(textDocument.uri, position), at.line.slice(position.character), catalog);
    return hover(at.path, position, at.line, word, found, catalog, workspace?.rules() ?? []);
  });
  connection.onDefinition(async ({ textDocument, position }) => {
    await loaded();
    const at = lineAt(textDocument.uri, position.line);
    return at && definition(at.path, at.line, workspace?.catalog());
  });
  connection.onCompletion(async ({ textDocument, position }) => {
    await loaded();
    const path = pathOfUri(textDocument.uri);
    return path === undefined ? [] : completion(path, beforeIn(textDocument.uri, position), workspace?.catalog());
  });
  connection.onPrepareRename(({ textDocument, position }) => {
    const at = lineAt(textDocument.uri, position.line);
    const element = at && workspace && renamable(at.path, at.line, workspace.root, workspace.catalog());
    return element && at ? nameRange(position.line, at.line) : null;
  });
  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const at = lineAt(textDocument.uri, position.line);
    const catalog = workspace?.catalog();
    const element = at && workspace && renamable(at.path, at.line, workspace.root, catalog);
    if (!element || !workspace || !catalog) return null;
    const edit = renameElement(element, newName, workspace.root, catalog);
    return typeof edit === "string" ? new ResponseError(ErrorCodes.InvalidParams, edit) : edit;
  });
  connection.onDocumentFormatting(async ({ textDocument }) => {
    // Who saves formats what was typed just now.
    await linted();
    const path = pathOfUri(textDocument.uri);
    const text = documents.get(textDocument.uri)?.getText();
    return path === undefined || text === undefined ? [] : formatting(path, text, found);
  });
  connection.onCodeAction(async ({ textDocument, range }) => {
    await linted();
    const path = pathOfUri(textDocument.uri);
    const text = documents.get(textDocument.uri)?.getText();
    return path === undefined ? [] : codeActions(path, text, range, found);
  });
  connection.onExecuteCommand(({ command, arguments: words }) => {
    const [path, executable] = words ?? [];
    const known = found.some(({ fix }) => fix?.edits.some((edit) => edit.kind === "chmod" && edit.path === path));
    if (command !== CHMOD_COMMAND || typeof path !== "string" || !known) return;
    const { mode } = statSync(path);
    chmodSync(path, executable === true ? mode | 0o111 : mode & ~0o111);
    lintSoon(true);
  });
  documents.listen(connection);

  function lineAt(uri: string, line: number): { readonly path: string; readonly line: string } | undefined {
    const path = pathOfUri(uri);
    const text = documents.get(uri)?.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
    return path === undefined || text === undefined ? undefined : { path, line: text.replace(/\r?\n$/, "") };
  }

  function beforeIn(uri: string, end: Position): string {
    return documents.get(uri)?.getText({ start: { line: 0, character: 0 }, end }) ?? "";
  }

  function lintSoon(fromDisk: boolean): void {
    stale ||= fromDisk;
    clearTimeout(timer);
    timer = setTimeout(lintQueued, PAUSE_MS);
  }

  function lintQueued(): void {
    timer = undefined;
    running = running.then(lintNow).catch(async (error: Error) => {
      const { systemFailure } = await import("../system-failure.js");
      const failure = systemFailure(error, terminal);
      const text = failure === undefined ? (error.stack ?? error.message) : `${failure.message}; ${failure.help}`;
      connection.console.error(`dibkit: ${text}`);
    });
  }

  /** Waits until everything is linted as it is in the editor now. */
  async function linted(): Promise<void> {
    if (timer !== undefined) {
      clearTimeout(timer);
      lintQueued();
    }
    await running;
  }

  /** Waits for the elements in reach, which are known a moment after the editor has started the server. */
  async function loaded(): Promise<void> {
    if (workspace?.catalog() === undefined) await linted();
  }

  async function lintNow(): Promise<void> {
    if (workspace === undefined) return;
    if (stale) {
      stale = false;
      await workspace.reload();
    }
    const texts = new Map<string, string>();
    for (const document of documents.all()) {
      const path = pathOfUri(document.uri);
      if (path !== undefined) texts.set(path, document.getText());
    }
    const result = await workspace.lint(texts);
    found = result?.diagnostics ?? [];
    const byUri = new Map<string, Diagnostic[]>();
    for (const diagnostic of found) {
      if (diagnostic.location === undefined) continue;
      const uri = uriOfPath(diagnostic.location.source.path);
      byUri.set(uri, [...(byUri.get(uri) ?? []), diagnostic]);
    }
    // An open file without findings is told so too, and one whose findings are gone is cleared.
    const open = documents.all().map((document) => document.uri);
    for (const uri of new Set([...published, ...byUri.keys(), ...open])) {
      await connection.sendDiagnostics({ uri, diagnostics: (byUri.get(uri) ?? []).map(lspDiagnostic) });
    }
    published = new Set(byUri.keys());
  }
}
