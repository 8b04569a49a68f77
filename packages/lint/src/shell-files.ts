import type { ElementContext } from "./element-context.js";
import type { ScriptFile } from "./script-file.js";

/** Every shell text of an element once: hook scripts, other scripts and environment files. */
export function shellFiles({ hookScripts, shellScripts, environmentFiles }: ElementContext): readonly ScriptFile[] {
  return [...new Map([...hookScripts, ...shellScripts, ...environmentFiles].map((file) => [file.path, file])).values()];
}

/** Whether the script ends at the first command that fails. */
export function stopsAtFailure({ shell, shebang }: ScriptFile): boolean {
  return shell.options.some(({ option, on }) => option === "errexit" && on) || /\s-\w*e/.test(shebang ?? "");
}

/** Whether reading an unset variable ends the script. */
export function needsVariables({ shell, shebang }: ScriptFile): boolean {
  return shell.options.some(({ option, on }) => option === "nounset" && on) || /\s-\w*u/.test(shebang ?? "");
}
