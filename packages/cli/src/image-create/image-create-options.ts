import { BUILD_FLAGS, type BuildFlag, type BuildFlagName, flagWord } from "@dibkit/model";
import { type BuildOptionValues, NOTHING_GIVEN } from "../building/build-options.js";
import { getopt, type OptionTable } from "./getopt.js";

/** What a command line of `disk-image-create` asks for. */
export type ImageCreateRequest =
  | { readonly kind: "build"; readonly options: BuildOptionValues; readonly elements: readonly string[] }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "usage"; readonly message: string };

const NAMES = Object.keys(BUILD_FLAGS) as BuildFlagName[];
const flagOf = (name: BuildFlagName): BuildFlag => BUILD_FLAGS[name];
const colon = (name: BuildFlagName) => (flagOf(name).type === "string" ? ":" : "");
const longNames = (how: BuildFlag["upstream"]) =>
  NAMES.filter((name) => flagOf(name).upstream === how).map((name) => `${flagWord(name).slice(2)}${colon(name)}`);

/** Upstream's options. It documents the exact ones too, but refuses them. */
const TABLE: OptionTable = {
  short: `h${NAMES.filter((name) => flagOf(name).upstream === "letter")
    .map((name) => `${flagOf(name).short}${colon(name)}`)
    .join("")}`,
  long: [...longNames("word"), "help", "version"],
  exact: longNames("refused"),
};

/** Flags by what getopt calls them: a letter, or a word with its dashes. */
const BY_WORD = new Map(
  NAMES.map((name) => [flagOf(name).upstream === "letter" ? `${flagOf(name).short}` : flagWord(name), name]),
);

/** Parses the words after the program's name. Help and version count where they stand, as in upstream's loop. */
export function imageCreateOptions(
  words: readonly string[],
  program: { readonly ramdisk: boolean; readonly env: Readonly<Record<string, string | undefined>> },
): ImageCreateRequest {
  const parsed = getopt(words, TABLE);
  if (!parsed.ok) return { kind: "usage", message: parsed.message };
  const given: Record<string, string | number | boolean | readonly string[]> = {};
  const packages: string[] = [];
  let trace = 0;
  for (const { name: word, value } of parsed.options) {
    if (word === "h" || word === "--help") return { kind: "help" };
    if (word === "--version") return { kind: "version" };
    const name = BY_WORD.get(word);
    if (name === "trace") trace += 1;
    else if (name === "packages") packages.push(value);
    else if (name !== undefined) given[name] = flagOf(name).type === "boolean" ? true : value;
  }
  const texts = given as { readonly ramdiskElement?: string };
  const options: BuildOptionValues = {
    ...NOTHING_GIVEN,
    ...given,
    trace,
    packages,
    // Of an ordinary image upstream ignores the option and the variable.
    ramdiskElement: program.ramdisk ? texts.ramdiskElement || program.env.RAMDISK_ELEMENT || "ramdisk" : undefined,
  };
  return { kind: "build", options, elements: parsed.operands };
}
