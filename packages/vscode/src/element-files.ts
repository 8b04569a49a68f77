// None of these has braces: the editor is asked for several at once as {one,other}, and its globs know no braces in braces.

/** Those that the language server completes in, repairs and formats. */
const CONTROL_FILES = [
  "**/element-deps",
  "**/element-provides",
  "**/package-installs.yaml",
  "**/package-installs.json",
  "**/pkg-map",
  "**/svc-map",
  "**/source-repository-*",
  "**/block-device-*.yaml",
];

/** Hook scripts, what they source or install, and `environment.d`. */
const HOOKS = ["**/*.d/**"];

/** Modules that define elements, where `dibkit init` puts them. */
const MODULES = [
  "**/dibkit.config.*",
  "**/*.image.ts",
  "**/*.image.mts",
  "**/elements/**/*.ts",
  "**/elements/**/*.mts",
];

/** What makes a folder one in which the language server is of use. */
export const SIGNS_OF_ELEMENTS: readonly string[] = [
  "**/element-deps",
  "**/package-installs.yaml",
  "dibkit.config.*",
  ".dibkitrc.json",
];

/** What is sent to the language server while it is edited. */
export const EDITED_FILES: readonly string[] = [...CONTROL_FILES, ...HOOKS, ...MODULES];

/** What makes the language server look again when it changes on disk, by whatever program. */
export const WATCHED_FILES: readonly string[] = [
  ...EDITED_FILES,
  "**/bin/*",
  "**/README.rst",
  "**/README.md",
  "**/.dibkitrc.json",
];

/**
 * Hook scripts are associated with the shell by their path, which an editor asks before the first line. Where that names
 * Python, as in some of upstream's hooks, it wins.
 */
export function isPython(firstLine: string): boolean {
  return /^#!.*\bpython[0-9.]*\b/.test(firstLine);
}
