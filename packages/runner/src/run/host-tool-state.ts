import type { EnvironmentValues } from "../job/environment-values.js";

/**
 * State that programs of the host keep for themselves in a home directory, `/var` or `/etc`, whatever a script has them
 * do. Nobody can keep them from it, and it is thrown away as everything else; so it is nothing to tell at every build.
 */
const TOOL_STATE: readonly RegExp[] = [
  // rpm's database of a host whose packages are others, and the settings that upstream's yum-minimal puts there and takes back
  /^~\/\.rpm(db\/|macros$)/,
  /^\/var\/(lib|cache|log)\/(rpm|dnf|yum)(\/|[\w.-]*\.log)/,
  /^\/var\/log\/hawkey\.log$/,
  /^\/run\/(dnf|yum|rpm)[\w./-]*$/,
  // what Python compiles of modules beside a script, such as those of an upstream that is not installed
  /\/__pycache__\/[^/]+\.pyc(\.\d+)?$/,
];

/** Whether a path of the host, written by a script, is that. */
export function isToolState(path: string, { HOME: home = "/root" }: EnvironmentValues): boolean {
  const shown = [home, "/root"].reduce(
    (text, directory) => (text.startsWith(`${directory}/`) ? `~${text.slice(directory.length)}` : text),
    path,
  );
  return TOOL_STATE.some((pattern) => pattern.test(shown));
}
