import * as vscode from "vscode";
import type { DibkitSearch } from "./find-dibkit.js";

/** Where dibkit is looked for on behalf of a folder. */
export function searchIn(folder: vscode.WorkspaceFolder): DibkitSearch {
  const setting = vscode.workspace.getConfiguration("dibkit", folder).get("path", "");
  return { folder: folder.uri.fsPath, setting, env: process.env };
}
