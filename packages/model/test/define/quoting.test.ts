import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BashFragment, bash } from "../../src/define/bash.js";
import { renderBash } from "../../src/define/render-bash.js";

/** Strings that a shell would do something with. */
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      "$",
      "`",
      "\\",
      "!",
      "*",
      "~",
      "#",
      "{",
      "}",
      "(",
      ")",
      "\n",
      " ",
      "a",
      "é",
      "$(x)",
      "EOF",
    ),
  )
  .map((parts) => parts.join(""));

const PLACES: Readonly<Record<string, (value: string) => BashFragment>> = {
  word: (value) => bash`printf '%s\0' ${value}`,
  "part of a word": (value) => bash`printf '%s\0' ""${value}""`,
  "double quotes": (value) => bash`printf '%s\0' "${value}"`,
  "single quotes": (value) => bash`printf '%s\0' '${value}'`,
  "ansi quotes": (value) => bash`printf '%s\0' $'${value}'`,
  "a substitution in double quotes": (value) => bash`printf '%s\0' "$(printf '%s.' ${value})"`,
  "a default in double quotes": (value) => bash`printf '%s\0' "\${UNSET:-"${value}"}"`,
  "an array": (value) => bash`words=(${[value]}); printf '%s\0' "\${words[@]}"`,
};

function runBash(script: string) {
  const env = { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin" };
  return spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
}

describe("bash reads exactly the interpolated string", () => {
  test.each(Object.entries(PLACES))("in %s", (where, place) => {
    const values = fc.sample(nasty, { numRuns: 150, seed: 7 });
    const script = values.map((value) => renderBash(place(value)).text).join("\n");
    const { stdout, stderr } = runBash(script);
    expect(stderr).toBe("");
    const dot = where.startsWith("a substitution") ? "." : "";
    expect(stdout.split("\0").slice(0, -1)).toEqual(values.map((value) => value + dot));
  });

  test("in here-documents", () => {
    const values = fc.sample(nasty, { numRuns: 100, seed: 8 });
    const script = values
      .flatMap((value) => [
        bash`
          cat <<END_OF_TEXT
          <${value}>
          END_OF_TEXT
        `,
        bash`
          cat <<'END_OF_TEXT'
          <${value}>
          END_OF_TEXT
        `,
      ])
      .map((fragment) => renderBash(fragment).text)
      .join("\n");
    const { stdout, stderr } = runBash(script);
    expect(stderr).toBe("");
    expect(stdout).toBe(values.map((value) => `<${value}>\n<${value}>\n`).join(""));
  });
});
