import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Terminal } from "../terminal.js";

const CONFIG_FILE = "dibkit.config.ts";

/** The project a command works in: that of `--project`, else the nearest directory upwards with a configuration. */
export interface ProjectRoot {
  readonly root: string;
  /** Undefined when there is no configuration, and so no project. */
  readonly config: string | undefined;
}

/** Looks only at names; nothing is loaded. */
export function findProjectRoot(terminal: Pick<Terminal, "cwd">, project: string | undefined): ProjectRoot {
  if (project !== undefined) {
    const root = resolve(terminal.cwd, project);
    const config = join(root, CONFIG_FILE);
    return { root, config: existsSync(config) ? config : undefined };
  }
  for (let at = terminal.cwd; ; at = dirname(at)) {
    const config = join(at, CONFIG_FILE);
    if (existsSync(config)) return { root: at, config };
    if (at === dirname(at)) return { root: terminal.cwd, config: undefined };
  }
}
