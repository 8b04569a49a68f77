import type { TreeSnapshot } from "@dibkit/contents";
import { PHASES } from "@dibkit/model";
import { PROBE_DIRECTORY } from "./probe-element.js";

/** What the probe saw in every phase, paths of the build directory replaced by the name of their variable. */
export interface Observations {
  /** `PHASE NAME` to value. */
  readonly environment: ReadonlyMap<string, string>;
  /** `PHASE SECTION` or `PHASE SECTION: KEY` to the lines. */
  readonly observed: ReadonlyMap<string, string>;
}

/** Sections whose lines are compared one by one, by their first word. */
const KEYED = ["mounts", "programs", "hooks", "descriptors", "limits", "rights", "build directory"];
const DIRECTORIES = ["TMP_BUILD_DIR", "TMP_IMAGE_DIR"];

export function readObservations(tree: TreeSnapshot): Observations {
  const environment = new Map<string, string>();
  const observed = new Map<string, string>();
  for (const { name: phase } of PHASES) {
    const variables = tree.texts.get(`${PROBE_DIRECTORY}/${phase}.environment`);
    const text = tree.texts.get(`${PROBE_DIRECTORY}/${phase}.observed`);
    if (variables === undefined || text === undefined) continue;
    const values = new Map(variables.toString("utf8").split("\0").filter(Boolean).map(splitVariable));
    const neutral = neutraliser(values);
    for (const [name, value] of values) environment.set(`${phase} ${name}`, neutral(value));
    for (const [section, lines] of sectionsOf(anyLoop(anyBuild(neutral(text.toString("utf8")))))) {
      if (!KEYED.includes(section)) observed.set(`${phase} ${section}`, lines.join("\n"));
      else for (const line of lines) observed.set(`${phase} ${section}: ${keyOf(section, line)}`, line);
    }
  }
  return { environment, observed };
}

function splitVariable(word: string): readonly [string, string] {
  const equals = word.indexOf("=");
  return [word.slice(0, equals), word.slice(equals + 1)];
}

/** Replaces the directories of one build, which are random upstream, by the names of their variables. */
function neutraliser(values: ReadonlyMap<string, string>): (text: string) => string {
  const replaced = DIRECTORIES.flatMap((name) => {
    const value = values.get(name);
    return value ? [[value, `$${name}`] as const] : [];
  });
  return (text) => replaced.reduce((result, [value, name]) => result.replaceAll(value, name), text);
}

/** What upstream's element ramdisk makes by the same library inside the image. */
function anyBuild(text: string): string {
  return text.replace(/\b(dib_build|dib_image)\.\w{8}\b/g, "$1.…");
}

/** Loop devices are whichever are free; upstream has their partitions in /dev/mapper. */
function anyLoop(text: string): string {
  return text.replace(/\/dev\/(mapper\/)?loop\d+/g, "/dev/loop…");
}

function sectionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("== ")) {
      current = [];
      sections.set(line.slice(3), current);
    } else current.push(line);
  }
  return sections;
}

function keyOf(section: string, line: string): string {
  return section === "limits" ? line.slice(0, 28).trim() : (line.split(/[ \t]/)[0] ?? "");
}
