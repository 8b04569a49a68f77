import {
  type Diagnostic,
  type Element,
  HOOK_SCRIPT_NAME,
  isExecutable,
  PHASES,
  regularFileAt,
  textOf,
} from "@dibkit/model";
import { effectiveCommand, parse, type Word } from "@dibkit/shell";
import type { HooksTree } from "./hooks-tree.js";

/** Something that only a loop device can do. */
interface LoopUse {
  /** As written, shortened to what tells: `losetup`, `mount -o loop`. */
  readonly words: string;
  /** It stands in a branch or a function, which may not be run: `extract-image` does without when its tar is there. */
  readonly isOptional: boolean;
}

/** Most scripts have none of these words, and need not be parsed. */
const TELLING = /losetup|kpartx|loop/;

/**
 * Scripts that attach loop devices themselves, where there are none for them: they would fail in the middle of the build.
 * `initShell` must have finished. `troubles`: what `checkLoopDevices` says; without any, scripts may do what they like.
 */
export function checkLoopScripts(hooks: HooksTree, troubles: readonly Diagnostic[]): readonly Diagnostic[] {
  const [trouble] = troubles;
  if (trouble === undefined) return [];
  return [...hooks.entries].flatMap(([path, { element }]): readonly Diagnostic[] => {
    const [directory, name = "", ...deeper] = path.split("/");
    const isScript = PHASES.some((phase) => phase.name === directory) && HOOK_SCRIPT_NAME.test(name);
    if (!isScript || deeper.length > 0) return [];
    const found = usesOf(hooks, path, new Set());
    const use = found.find(({ isOptional }) => !isOptional) ?? found[0];
    return use === undefined ? [] : [refusal(path, element, use, trouble)];
  });
}

function refusal(path: string, element: Element, { words, isOptional }: LoopUse, { message }: Diagnostic): Diagnostic {
  const help = "build this image as root on a machine with loop devices, or take an element that does not need them";
  const says = `hook script ${path} of element "${element.name}" ${isOptional ? "may run" : "runs"} "${words}", which needs loop devices`;
  return { code: "loop-in-script", severity: isOptional ? "warning" : "error", message: `${says}: ${message}`, help };
}

/** What a script does, and what the helpers of elements do that it runs by name. */
function usesOf(hooks: HooksTree, path: string, seen: Set<string>): readonly LoopUse[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const entry = hooks.entries.get(path);
  const file = entry && regularFileAt(entry.element, entry.file.path);
  if (entry === undefined || file === undefined || !isExecutable(file)) return [];
  const { text } = textOf(entry.element, file);
  const helpers = [...hooks.entries.keys()].filter((name) => name.startsWith("bin/") && text.includes(name.slice(4)));
  if (!TELLING.test(text) && helpers.length === 0) return [];
  const script = parse({ path, text });
  return script.commands.flatMap((command): readonly LoopUse[] => {
    const isOptional = command.context.optional || command.context.function !== undefined;
    const { word, args } = effectiveCommand(command);
    const program = word && programOf(text, word);
    const words = program && loopWords(program, args, text);
    if (words) return [{ words, isOptional }];
    if (program === undefined || !helpers.includes(`bin/${program}`)) return [];
    return usesOf(hooks, `bin/${program}`, seen).map((use) => ({ ...use, isOptional: use.isOptional || isOptional }));
  });
}

/** The name of the program, also where only its directory is computed: `$TMP_HOOKS_PATH/bin/extract-image`. */
function programOf(text: string, { literal, start, end }: Word): string | undefined {
  return /([\w.+-]+)"?$/.exec(literal ?? text.slice(start, end))?.[1];
}

/** What a command needs a loop device for, in short; undefined when it needs none. */
function loopWords(program: string, args: readonly Word[], text: string): string | undefined {
  const given = args.map(({ literal, start, end }) => literal ?? text.slice(start, end));
  // To list and to detach what is not there does no harm.
  if (program === "losetup")
    return given.every((word) => !/^(-[aldDjh]|--(all|list|detach|help))/.test(word)) ? program : undefined;
  if (program === "kpartx") return given.some((word) => /^-\w*d/.test(word)) ? undefined : program;
  if (program !== "mount") return undefined;
  const options = given.flatMap((word, at) =>
    word === "-o" ? [given[at + 1] ?? ""] : (/^-o(.+)/.exec(word)?.[1] ?? []),
  );
  return options.some((list) => list.split(",").some((option) => /^loop(=|$)/.test(option)))
    ? "mount -o loop"
    : undefined;
}
