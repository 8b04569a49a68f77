import * as vscode from "vscode";
import {
  DidChangeWatchedFilesNotification,
  LanguageClient,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { EDITED_FILES, SIGNS_OF_ELEMENTS, WATCHED_FILES } from "./element-files.js";
import { type DibkitMissing, findDibkit, serverCommand } from "./find-dibkit.js";
import { searchIn } from "./settings.js";

/** The language servers of the workspace: one for each folder that has elements. */
export interface Clients {
  /** Ends all servers, and starts those that there should be now. */
  restart(): Promise<void>;
  /** Has the servers lint and publish again, as if something had changed on disk. */
  publish(): Promise<void>;
  stop(): Promise<void>;
}

export function createClients(output: vscode.LogOutputChannel): Clients {
  let running: readonly Started[] = [];
  let settled = Promise.resolve();

  // One after the other, as settings and folders may change while servers are starting.
  const next = (work: () => Promise<void>) => {
    settled = settled.then(work).catch((error: unknown) => output.error(String(error)));
    return settled;
  };
  const stopAll = async () => {
    const ended = running;
    running = [];
    await Promise.all(ended.map((one) => stop(one, output)));
  };
  const startAll = async () => {
    await stopAll();
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (!(await hasElements(folder))) continue;
      const found = findDibkit(searchIn(folder));
      if (found.ok) running = [...running, await start(folder, found.value, output)];
      else void tell(found.error);
    }
  };
  const publishAll = async () => {
    const changes = { changes: [] };
    for (const { client } of running)
      if (client.isRunning()) await client.sendNotification(DidChangeWatchedFilesNotification.type, changes);
  };
  return { restart: () => next(startAll), publish: () => next(publishAll), stop: () => next(stopAll) };
}

interface Started {
  readonly client: LanguageClient;
  readonly watcher: vscode.FileSystemWatcher;
}

async function start(
  folder: vscode.WorkspaceFolder,
  program: string,
  output: vscode.LogOutputChannel,
): Promise<Started> {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern(folder, WATCHED_FILES));
  const options: LanguageClientOptions = {
    documentSelector: EDITED_FILES.map((glob) => ({
      scheme: "file",
      pattern: { baseUri: folder.uri.toString(), pattern: glob },
    })),
    diagnosticCollectionName: "dibkit",
    outputChannel: output,
    synchronize: { fileEvents: watcher },
    workspaceFolder: folder,
  };
  const client = new LanguageClient("dibkit", "dibkit", serverCommand(program, folder.uri.fsPath), options);
  output.info(`${program} lsp serves ${folder.uri.fsPath}`);
  // The client shows what went wrong by itself; the servers of other folders are started all the same.
  await client.start().catch((error: unknown) => output.error(`${program} lsp did not start: ${error}`));
  return { client, watcher };
}

async function stop({ client, watcher }: Started, output: vscode.LogOutputChannel): Promise<void> {
  watcher.dispose();
  // One that never started, or has ended, refuses to be stopped.
  await client.dispose().catch((error: unknown) => output.warn(`dibkit lsp did not stop: ${error}`));
}

async function hasElements(folder: vscode.WorkspaceFolder): Promise<boolean> {
  return (await vscode.workspace.findFiles(pattern(folder, SIGNS_OF_ELEMENTS), "**/node_modules/**", 1)).length > 0;
}

const pattern = (folder: vscode.WorkspaceFolder, globs: readonly string[]) =>
  new vscode.RelativePattern(folder, `{${globs.join(",")}}`);

async function tell({ message, help }: DibkitMissing): Promise<void> {
  const answer = await vscode.window.showErrorMessage(`${message}; ${help}`, "Open Setting", "Try Again");
  if (answer === "Open Setting") await vscode.commands.executeCommand("workbench.action.openSettings", "dibkit.path");
  if (answer === "Try Again") await vscode.commands.executeCommand("dibkit.restart");
}
