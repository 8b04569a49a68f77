import { PHASES } from "@dibkit/model";

/** Which files of elements a text can find without naming them. */
export interface WideReads {
  /** Everything, hook scripts and documents too. */
  readonly all: boolean;
  /** All but those. */
  readonly helpers: boolean;
  /** What lies under these paths of the hooks directory. */
  readonly paths: readonly string[];
  /** `install.d/package-installs-NAME` and the like. */
  readonly oldPackageLists: boolean;
}

/** What may stand behind the first part of a path, so that the part is known whole. */
const END_OF_PART = String.raw`(?=["'\s/);|&<>]|$)`;

/** The hooks directory, and the first part of the path that follows. */
const HOOKS = new RegExp(
  String.raw`(?:\bin_target\.d|\bTMP_HOOKS_PATH\}?|\bTMP_BUILD_DIR\}?"?/hooks)"?(?:/([\w.+-]+)${END_OF_PART})?`,
  "gm",
);

/** `$(dirname $0)/../static`: the script's own phase directory, then beside it. */
const BESIDE_SELF = new RegExp(
  String.raw`\$\(dirname\s+(?:--\s+)?"?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})"?\s*\)"?/\.\./([\w.+-]+)${END_OF_PART}`,
  "gm",
);

/** A script's own name, as in usage messages, leads nowhere. */
const OWN_NAME = /basename\s+(-- )?"?\$(0|\{0\})"?|^\s*(echo|printf)\s[^|`(<>\n]*$/gm;
/** Upstream's `package-installs` looks for files of this name in the directory it is given, and for no others. */
const OLD_PACKAGE_LISTS = /package-(?:un)?installs\s+-d\s+"?\$\(dirname\s+"?\$0"?\)"?/g;
const SELF = /\$0|\$\{0|BASH_SOURCE|__file__|argv\[0\]|FindBin|\$PROGRAM_NAME/;

/** Directories of elements on the host. */
const ELEMENT_DIRECTORIES = /IMAGE_ELEMENT_YAML|get_image_element_array|ELEMENTS_PATH|TMP_BUILD_DIR\}?"?\/elements/;
const BUILD_DIRECTORY = /\bTMP_BUILD_DIR\}?"?(?!\}?"?\/[\w.+-])/;
/** Programs and functions that take whole trees. */
const WALKERS = /\b(find|rsync|tar|cpio|tree|walk|rglob|glob|scandir|copytree)\b|\b(cp|ls|grep|scp)\s+-\w*[rRa]/;

const PHASE_NAMES = PHASES.map(({ name }) => name);

/** `words` are those of the text, without its punctuation. */
export function wideReads(text: string, words: ReadonlySet<string>): WideReads {
  const paths: string[] = [];
  let all = BUILD_DIRECTORY.test(text);
  let helpers = false;
  const hookPaths = [...text.matchAll(HOOKS), ...text.matchAll(BESIDE_SELF)];
  for (const [, part] of hookPaths) {
    if (part === undefined || part === "." || part === "..") all = true;
    else paths.push(part);
  }
  // A path that goes up again may end anywhere.
  if (hookPaths.length > 0 && /[\w}"]\/\.\.\/.*\/\.\.(\/|\b)/.test(text)) all = true;
  if (SELF.test(text.replace(OWN_NAME, "").replace(BESIDE_SELF, "").replace(OLD_PACKAGE_LISTS, ""))) all = true;
  if (ELEMENT_DIRECTORIES.test(text)) {
    helpers = true;
    if (WALKERS.test(text) || words.has("README") || words.has("README.rst")) all = true;
    paths.push(...[...PHASE_NAMES, "environment.d", "tests", "test-elements"].filter((name) => words.has(name)));
  }
  return { all, helpers, paths, oldPackageLists: text.search(OLD_PACKAGE_LISTS) !== -1 };
}
