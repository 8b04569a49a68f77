import type { Diagnostic } from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { isPublished, matcher } from "../job/published-variables.js";
import { type HelperFile, mentionedNames } from "../layers/script-reach.js";

/** What every bash sets anew for itself: a value that is handed on is never seen. */
const OF_EACH_SHELL: ReadonlySet<string> = new Set(["_", "SHLVL", "PWD", "OLDPWD", "BASHOPTS", "SHELLOPTS"]);

/** What everybody has in a terminal, an editor or under npm: that it is left out is not worth a word. */
const USUAL =
  /^(TERM|TERM_.*|COLORTERM|COLUMNS|LINES|LS_COLORS|LESS.*|PAGER|EDITOR|VISUAL|HIST.*|PS[0-4]|PROMPT_.*|SSH_.*|DISPLAY|WAYLAND_.*|XAUTHORITY|XDG_.*|DBUS_.*|DESKTOP_SESSION|SESSION_MANAGER|GDM.*|GNOME_.*|GTK_.*|QT_.*|KDE_.*|WINDOWID|TMUX.*|STY|MAIL|SUDO_.*|GPG_.*|VSCODE_.*|_?PYENV_.*|NVM_.*|break|break_cmd|break_outside_target|VITEST.*|npm_.*|NODE|NODE_.*|INIT_CWD|COLOR|FORCE_COLOR|NO_COLOR|HOSTNAME|HOSTTYPE|OSTYPE|MACHTYPE|CONTAINER_NAME|DIBKIT_.*|BASH_.*|ENV|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_.*|LD_PRELOAD|LD_LIBRARY_PATH|SHELL|LOGNAME|USER|USERNAME|CI|PYTHON.*|RUST_.*|which_declare|container)$/;

/** So many names are said; a continuous integration system sets hundreds. */
const MOST_NAMES = 6;

type Request = Pick<BuildRequest, "environment" | "clearEnvironment" | "passEnvironment">;

export interface PassedEnvironment {
  /** What reaches scripts. */
  readonly values: EnvironmentValues;
  /** Names of what does not. */
  readonly leftOut: readonly string[];
}

/**
 * The caller's variables that reach scripts: those that a file of the build's elements names, those that programs read
 * by themselves, and those that the user passes. Upstream hands on everything, so that a job's number decides what is
 * cached and a variable of the session what is built.
 */
export function passedEnvironment(request: Request, helpers: readonly HelperFile[]): PassedEnvironment {
  if (request.clearEnvironment) return { values: {}, leftOut: [] };
  const wanted = matcher(request.passEnvironment ?? []);
  const named = mentionedNames(helpers.flatMap(({ text }) => text ?? []));
  const values: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(request.environment)) {
    if (OF_EACH_SHELL.has(name)) continue;
    const asWritten = /^BASH_FUNC_(.*)%%$/.exec(name)?.[1] ?? name;
    if (isPublished(name) || wanted(asWritten) || named(asWritten)) values[name] = value;
    else leftOut.push(name);
  }
  return { values, leftOut };
}

/** One line about the caller's variables that do not reach scripts. */
export function tellLeftOut({ leftOut }: PassedEnvironment): readonly Diagnostic[] {
  const left = leftOut.filter((name) => !USUAL.test(name) && !name.startsWith("BASH_FUNC_")).sort();
  if (left.length === 0) return [];
  const more = left.length > MOST_NAMES ? ` and ${left.length - MOST_NAMES} more` : "";
  const names = left.slice(0, MOST_NAMES).join(", ");
  return [
    {
      code: "variable-not-passed",
      severity: "info",
      message: `no script gets ${names}${more}: nothing in the build names ${left.length === 1 ? "it" : "them"}`,
      help: `hand one on with "--pass-env ${left[0]}", everything with "--pass-env all"`,
    },
  ];
}
