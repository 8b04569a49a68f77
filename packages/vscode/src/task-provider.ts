import * as vscode from "vscode";
import { findDibkit } from "./find-dibkit.js";
import { searchIn } from "./settings.js";
import { type DibkitTask, offeredTasks, PROBLEM_MATCHERS, taskWords } from "./tasks.js";

const MODULES = "{dibkit.config.*,**/*.image.{ts,mts}}";

/** Offers the commands of dibkit as tasks, and runs those of `tasks.json`. */
export const taskProvider: vscode.TaskProvider = {
  async provideTasks() {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return (await Promise.all(folders.map(tasksOf))).flat();
  },
  resolveTask({ definition, scope }) {
    const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
    return folder && taskOf(folder, definition as vscode.TaskDefinition & DibkitTask);
  },
};

async function tasksOf(folder: vscode.WorkspaceFolder): Promise<readonly vscode.Task[]> {
  const files = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, MODULES), "**/node_modules/**");
  const paths = files.map((uri) => uri.path.slice(folder.uri.path.length + 1));
  return offeredTasks(paths).flatMap((task) => taskOf(folder, { type: "dibkit", ...task }) ?? []);
}

/** Undefined where there is no program; the language server has said so. */
function taskOf(
  folder: vscode.WorkspaceFolder,
  definition: vscode.TaskDefinition & DibkitTask,
): vscode.Task | undefined {
  const found = findDibkit(searchIn(folder));
  if (!found.ok) return undefined;
  const words = taskWords(definition);
  const run = new vscode.ProcessExecution(found.value, words, { cwd: folder.uri.fsPath });
  const task = new vscode.Task(definition, folder, words.join(" "), "dibkit", run, PROBLEM_MATCHERS);
  task.group = definition.command === "lint" ? vscode.TaskGroup.Test : vscode.TaskGroup.Build;
  return task;
}
