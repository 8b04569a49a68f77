import * as vscode from "vscode";
import { type Clients, createClients } from "./clients.js";
import { isPython } from "./element-files.js";
import { taskProvider } from "./task-provider.js";

let clients: Clients | undefined;

/** Called by the editor when a workspace has elements, or a file of one is opened. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("dibkit", { log: true });
  const servers = createClients(output);
  clients = servers;
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("dibkit.restart", () => servers.restart()),
    vscode.tasks.registerTaskProvider("dibkit", taskProvider),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("dibkit.path")) void servers.restart();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void servers.restart()),
    vscode.workspace.onDidOpenTextDocument(takeForPython),
    // When a task ends, the editor drops problems of its matchers' owner that the task did not repeat. That is the owner of
    // the servers' findings too, so that none is shown twice. Which matchers a task had is not told here.
    vscode.tasks.onDidEndTask(() => void servers.publish()),
  );
  for (const document of vscode.workspace.textDocuments) takeForPython(document);
  await servers.restart();
}

/** Called by the editor before it ends. */
export async function deactivate(): Promise<void> {
  await clients?.stop();
}

function takeForPython(document: vscode.TextDocument): void {
  if (document.languageId !== "shellscript" || !isPython(document.lineAt(0).text)) return;
  void vscode.languages.setTextDocumentLanguage(document, "python");
}
