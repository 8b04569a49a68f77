/** A task as it stands in `tasks.json`. */
export interface DibkitTask {
  readonly command: string;
  readonly args?: readonly string[];
}

export const PROBLEM_MATCHERS = ["$dibkit", "$dibkit-file"];

/** The words for the program. */
export function taskWords({ command, args }: DibkitTask): string[] {
  return [command, ...(args ?? [])];
}

/**
 * What a folder can do without anybody having written it down.
 *
 * @param files paths of its modules from the folder, with `/`
 */
export function offeredTasks(files: readonly string[]): readonly DibkitTask[] {
  const isProject = files.some((path) => /^dibkit\.config\.[cm]?[jt]s$/.test(path));
  const images = files.filter((path) => /\.image\.m?ts$/.test(path)).sort();
  return [
    { command: "lint" },
    ...(isProject ? [{ command: "compile" }] : []),
    ...images.map((path) => ({ command: "build", args: [path] })),
  ];
}
