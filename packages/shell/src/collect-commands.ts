import { assignedByName } from "./collect-assignments.js";
import { nameOf } from "./collect-reads.js";
import { collectLet, collectTestCommand } from "./collect-tests.js";
import type { Facts, Visit } from "./facts.js";
import { setOptions } from "./set-options.js";
import type { AssignmentKind, Command, Word } from "./shell-script.js";
import { wordOf } from "./word.js";

/** A simple command, and what it does to variables when it is a builtin that does. */
export function collectCommand({ node, context, text }: Visit, facts: Facts): void {
  let name: Word | undefined;
  const args: Word[] = [];
  const environment: string[] = [];
  for (const child of node.children) {
    if (child.field === "name") name = wordOf(child, text);
    else if (child.field === "argument") args.push(wordOf(child, text));
    else if (child.type === "variable_assignment" && child.children[0]) {
      environment.push(nameOf(child.children[0], text));
    }
  }
  const command: Command = { start: node.start, end: node.end, name, args, environment, context };
  facts.commands.push(command);
  builtin(command, text, facts);
}

function builtin(command: Command, text: string, facts: Facts): void {
  const { args, context } = command;
  switch (command.name?.literal) {
    case "set":
      for (const option of setOptions(command)) facts.options.push(option);
      break;
    case "source":
    case ".":
      if (args[0]) facts.sources.push(args[0]);
      if (args[0]?.literal === undefined || !args[0].literal.startsWith("/dev/")) facts.dynamic = true;
      break;
    case "eval":
      facts.dynamic = true;
      break;
    case "read":
      assign(readNames(args), "read");
      break;
    case "mapfile":
    case "readarray":
      assign(args.slice(-1), "mapfile");
      break;
    case "getopts":
      assign(args.slice(1, 2), "getopts");
      break;
    case "printf":
      if (args[0]?.literal === "-v" && args[1]) assign([args[1]], "printf");
      break;
    case "test":
      collectTestCommand(command, facts);
      break;
    case "let":
      collectLet(command, text, facts);
      for (const word of args) {
        const target = /^([A-Za-z_]\w*)\s*[-+*/%&|^]?=/.exec(word.prefix)?.[1];
        if (target) assign([{ ...word, literal: target }], "arithmetic");
      }
      break;
  }

  function assign(words: readonly Word[], kind: AssignmentKind): void {
    for (const word of words) {
      const made = assignedByName(word, kind);
      if (made) facts.assignments.push({ ...made, context });
    }
  }
}

/** Names that `read` fills: operands, and the value of `-a`. */
function readNames(args: readonly Word[]): Word[] {
  const names: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as Word;
    const option = /^-[a-zA-Z]+$/.test(word.literal ?? "") ? (word.literal as string) : undefined;
    if (option === undefined) {
      names.push(word);
      continue;
    }
    const last = option.at(-1) as string;
    if (last === "a" && args[at + 1]) names.push(args[at + 1] as Word);
    if ("adinNptu".includes(last)) at += 1;
  }
  return names;
}
