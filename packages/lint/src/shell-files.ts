import type { ElementContext } from "./element-context.js";
import type { ScriptFile } from "./script-file.js";

const filesByContext = new WeakMap<ElementContext, readonly ScriptFile[]>();

/** Every shell text of an element once: hook scripts, other scripts and environment files. */
export function shellFiles(context: ElementContext): readonly ScriptFile[] {
  const known = filesByContext.get(context);
  if (known) return known;
  const all = [...context.hookScripts, ...context.shellScripts, ...context.environmentFiles];
  const files = [...new Map(all.map((file) => [file.path, file])).values()];
  filesByContext.set(context, files);
  return files;
}

/** Whether the script ends at the first command that fails. */
export function stopsAtFailure({ shell, shebang }: ScriptFile): boolean {
  return shell.options.some(({ option, on }) => option === "errexit" && on) || /\s-\w*e/.test(shebang ?? "");
}

/** Whether reading an unset variable ends the script. */
export function needsVariables({ shell, shebang }: ScriptFile): boolean {
  return shell.options.some(({ option, on }) => option === "nounset" && on) || /\s-\w*u/.test(shebang ?? "");
}
