import { Argument, Command as CommanderCommand, CommanderError, Option } from "commander";
import type { AnyCommand, ArgumentSpec, NumberOptionSpec, OptionSpec, StringOptionSpec } from "./command.js";
import { optionFlag } from "./command.js";

export type ParsedArguments =
  | {
      readonly kind: "run";
      readonly arguments: Readonly<Record<string, unknown>>;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string; readonly help: string };

/** Reads the words after the command's name. */
export function parseArguments(command: AnyCommand, argv: readonly string[]): ParsedArguments {
  const parser = parserFor(command);
  try {
    parser.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { kind: "help", text: helpText(command) };
    return { kind: "usage", ...usageMessage(command, error) };
  }
  const values: Record<string, unknown> = {};
  for (const [index, argument] of (command.arguments ?? []).entries()) {
    const value = parser.processedArgs[index] ?? (argument.variadic ? [] : undefined);
    values[argument.name] = value;
    const problem = choiceProblem(argument.name, argument.choices, value);
    if (problem) return usage(command, problem.message);
  }
  const given = parser.opts<Record<string, unknown>>();
  const options: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(command.options ?? {})) {
    const read = readOption(key, option, given);
    if ("message" in read) return usage(command, read.message, read.help);
    options[key] = read.value;
  }
  return { kind: "run", arguments: values, options };
}

/** The help page of a command. */
export function helpText(command: AnyCommand): string {
  const help = parserFor(command).helpInformation().trimEnd();
  const examples = command.examples.map((one) => `  ${one.command.replaceAll("\n", "\n    ")}\n      ${one.does}`);
  return `${help}\n${examples.length > 0 ? `\nExamples:\n${examples.join("\n")}\n` : ""}`;
}

/** `dibkit build [options] ELEMENT...`. */
export function usageLine(command: AnyCommand): string {
  const words = (command.arguments ?? []).map(placeholder);
  return ["dibkit", command.name, "[options]", ...words].join(" ");
}

function placeholder(argument: ArgumentSpec): string {
  const name = argument.variadic ? `${argument.name}...` : argument.name;
  return argument.required ? name : `[${name}]`;
}

function parserFor(command: AnyCommand): CommanderCommand {
  const parser = new CommanderCommand(`dibkit ${command.name}`);
  parser.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  // Long options leave a column of 30 characters at 80, which is still better than lines that run over the edge.
  parser.configureHelp({ minWidthToWrap: 24 });
  // A line break in a text is the source's; the terminal's width decides where lines end. Empty lines part paragraphs.
  const description = command.description?.replace(/(?<!\n)\n(?!\n)/g, " ");
  parser.description(description ? `${command.summary}\n\n${description}` : command.summary);
  parser.usage(usageLine(command).slice(`dibkit ${command.name} `.length));
  parser.helpOption("-h, --help", "show this help");
  for (const argument of command.arguments ?? []) {
    const name = argument.variadic ? `${argument.name}...` : argument.name;
    const word = new Argument(argument.required ? `<${name}>` : `[${name}]`, withChoices(argument));
    parser.addArgument(word);
  }
  for (const [key, option] of Object.entries(command.options ?? {})) parser.addOption(commanderOption(key, option));
  return parser;
}

function withChoices(spec: { readonly summary: string; readonly choices?: readonly string[] }): string {
  return spec.choices ? `${spec.summary} (${spec.choices.join(", ")})` : spec.summary;
}

function commanderOption(key: string, spec: OptionSpec): Option {
  const names = spec.short ? `-${spec.short}, ${optionFlag(key)}` : optionFlag(key);
  const isFlag = spec.type === "boolean" || spec.type === "count";
  const option = new Option(isFlag ? names : `${names} ${shownValue(spec)}`, isFlag ? spec.summary : describe(spec));
  if (spec.type === "string" && spec.implied !== undefined) option.preset(spec.implied);
  option.hideHelp(spec.hidden === true);
  if (spec.type === "count") option.argParser<number>((_value, previous) => (previous ?? 0) + 1);
  if (spec.type === "string" && spec.repeatable) {
    option.argParser<readonly string[]>((value, previous) => [...(previous ?? []), value]);
  }
  return option;
}

/** `<REF>`, or `[REF]` when it may be left out. */
function shownValue(spec: StringOptionSpec | NumberOptionSpec): string {
  return spec.type === "string" && spec.implied !== undefined ? `[${spec.value}]` : `<${spec.value}>`;
}

/** Summary with the legal values and the default, as help and reference show it. */
export function describe(spec: OptionSpec): string {
  if (spec.type === "boolean" || spec.type === "count") return spec.summary;
  const text = spec.type === "string" ? withChoices(spec) : spec.summary;
  const repeat = spec.type === "string" && spec.repeatable ? "; may be repeated" : "";
  return `${text}${repeat}${spec.default === undefined || spec.default === "" ? "" : ` [default: ${spec.default}]`}`;
}

type ReadOption = { readonly value: unknown } | { readonly message: string; readonly help?: string };

function readOption(key: string, spec: OptionSpec, given: Readonly<Record<string, unknown>>): ReadOption {
  // Commander stores `--no-x` as `x: false`.
  if (/^no[A-Z]/.test(key)) return { value: given[key.charAt(2).toLowerCase() + key.slice(3)] === false };
  const value = given[key];
  switch (spec.type) {
    case "boolean":
      return { value: value === true };
    case "count":
      return { value: typeof value === "number" ? value : value === true ? 1 : 0 };
    case "string":
      return readString(optionFlag(key), spec, value);
    case "number":
      return readNumber(optionFlag(key), spec, value);
  }
}

function readString(flag: string, spec: StringOptionSpec, value: unknown): ReadOption {
  const problem = choiceProblem(flag, spec.choices, value);
  return problem ?? { value: value ?? spec.default ?? (spec.repeatable ? [] : undefined) };
}

function readNumber(flag: string, spec: NumberOptionSpec, value: unknown): ReadOption {
  if (value === undefined) return { value: spec.default };
  const number = Number(value);
  const minimum = spec.minimum ?? Number.NEGATIVE_INFINITY;
  const maximum = spec.maximum ?? Number.POSITIVE_INFINITY;
  const wellFormed =
    String(value).trim() !== "" && Number.isFinite(number) && (!spec.integer || Number.isInteger(number));
  if (wellFormed && number >= minimum && number <= maximum) return { value: number };
  const lower = spec.minimum === undefined ? "" : ` of at least ${spec.minimum}`;
  const upper = spec.maximum === undefined ? "" : `${lower ? " and" : " of"} at most ${spec.maximum}`;
  return { message: `${flag} "${String(value)}" is not a ${spec.integer ? "whole " : ""}number${lower}${upper}` };
}

function choiceProblem(
  name: string,
  choices: readonly string[] | undefined,
  value: unknown,
): { readonly message: string } | undefined {
  if (!choices || value === undefined) return undefined;
  const wrong = (Array.isArray(value) ? value : [value]).find((one) => !choices.includes(one));
  if (wrong === undefined) return undefined;
  const legal = choices.map((choice) => `"${choice}"`).join(", ");
  return { message: `unknown ${name} "${wrong}", expected one of ${legal}` };
}

function usage(command: AnyCommand, message: string, help?: string): ParsedArguments {
  return { kind: "usage", message, help: help ?? `run "dibkit ${command.name} --help"` };
}

/** Commander's message in dibkit's words; its text is `error: … 'VALUE' …` and maybe `(Did you mean VALUE?)`. */
function usageMessage(command: AnyCommand, error: CommanderError): { message: string; help: string } {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const meant = /\(Did you mean (?:one of )?([^?]+)\?\)/.exec(error.message)?.[1];
  const help = meant ? `did you mean "${meant}"?` : `run "dibkit ${command.name} --help"`;
  switch (error.code) {
    case "commander.unknownOption":
      return { message: `"dibkit ${command.name}" has no option "${quoted}"`, help };
    case "commander.missingArgument":
      return { message: `"dibkit ${command.name}" needs ${quoted}: ${usageLine(command)}`, help };
    case "commander.optionMissingArgument":
      return { message: `option "${quoted}" needs a value`, help };
    case "commander.excessArguments":
      return { message: `too many arguments: ${usageLine(command)}`, help };
    default:
      return { message: error.message.replace(/^error: /, "").split("\n")[0] ?? "", help };
  }
}
