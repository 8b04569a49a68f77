import { expect, test } from "vitest";
import type { BuildOptionValues } from "../../src/building/build-options.js";
import { buildOptions } from "../../src/building/build-options.js";
import { callerWords } from "../../src/building/caller-words.js";
import { parseArguments } from "../../src/parse-arguments.js";

const command = {
  name: "build",
  group: "build" as const,
  summary: "",
  examples: [],
  options: buildOptions,
  run: () => 0 as const,
};

test.each([
  [["vm", "debian-minimal"], "vm debian-minimal"],
  [["vm", "-o", "x", "debian", "-t", "qcow2,tar"], "-o x -t qcow2,tar vm debian"],
  [
    ["-x", "-x", "-p", "vim,nano", "-p", "git", "--no-tmpfs", "-n", "tiny"],
    "-x -x --no-tmpfs -p vim,nano -p git -n tiny",
  ],
  [["--no-store", "--cache-size", "5G", "--secret", "TOKEN", "--project", ".", "tiny"], "tiny"],
  [["--cache-dir", "/s", "--refresh", "--max-age", "1d", "--elements-path", "e", "tiny"], "tiny"],
])("%j becomes DIB_ARGS %j", (argv, words) => {
  const parsed = parseArguments({ ...command, arguments: [{ name: "E", summary: "", variadic: true }] }, argv);
  if (parsed.kind !== "run") throw new Error(JSON.stringify(parsed));
  const elements = parsed.arguments.E as readonly string[];
  expect(callerWords(elements, parsed.options as BuildOptionValues).join(" ")).toBe(words);
});
