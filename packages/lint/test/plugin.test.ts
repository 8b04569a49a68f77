import { expect, it } from "vitest";
import { defineRule, withPresets } from "../src/index.js";
import { exampleProblems, lintExample } from "../src/testing/index.js";

const TEXTS = { why: "So.", upstream: "Nothing.", fix: "Do it.", since: "1.0.0", severity: "warning" } as const;
const uptime = defineRule({
  id: "script-uptime",
  summary: "nobody runs uptime",
  ...TEXTS,
  examples: { bad: { "a/install.d/50-a": "#!/bin/bash\nuptime\n" }, good: { "a/README.rst": "x\n" } },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      for (const { name } of file.shell.commands) {
        if (name?.literal === "uptime") yield { message: "uptime is run", location: file.at(name) };
      }
    }
  },
});

it("takes the examples of a rule for its test", async () => {
  expect(await exampleProblems(uptime)).toEqual([]);
  const { bad, good } = uptime.examples;
  expect(await exampleProblems({ ...uptime, examples: { bad: good, good: bad } })).toEqual([
    "the good example is found fault with: uptime is run",
    "nothing is found in the bad example",
  ]);
  const loud = defineRule({
    ...uptime,
    summary: "Nobody.",
    why: "so",
    *check() {
      yield { message: "Uptime is run." };
    },
  });
  expect(await exampleProblems({ ...loud, examples: { bad, good: { "README.rst": "x\n" } } })).toEqual([
    "a message is not one lower-case sentence without a full stop: Uptime is run.",
    "a finding does not say where it is: Uptime is run.",
    "the summary is not one lower-case sentence without a full stop",
    '"why" does not end as a sentence does',
  ]);
  expect(
    (await lintExample(uptime, { "b/install.d/1-b": "#!/bin/sh\nuptime; uptime\n" })).map((one) => one.code),
  ).toEqual(["script-uptime", "script-uptime"]);
  const broken = defineRule({
    ...uptime,
    check: () => {
      throw new TypeError("oh");
    },
  });
  await expect(exampleProblems(broken)).rejects.toThrow("oh");
});

it("puts presets beneath what the configuration says itself", () => {
  const presets = {
    base: { preset: "upstream", rules: { a: "off", b: "off" }, variables: ["A"] },
    strict: { preset: "acme/base", rules: { b: "error", c: "error" }, ignore: ["x/**"] },
    odd: { preset: "acme/even" },
    even: { preset: "acme/odd" },
  } as const;
  const plugins = [{ name: "acme", from: "acme", rules: [], presets }];
  const settled = withPresets({ preset: ["all", "acme/strict"], rules: { c: "info" }, variables: ["B"] }, plugins);
  expect(settled.configuration).toMatchObject({
    preset: "upstream",
    rules: { a: "off", b: "error", c: "info" },
    variables: ["A", "B"],
    ignore: ["x/**"],
  });
  expect(withPresets({ preset: "acme/odd" }, plugins).diagnostics.map(({ message }) => message)).toEqual([
    'preset "acme/odd" starts from itself: acme/odd → acme/even → acme/odd',
  ]);
  expect(
    withPresets({ preset: "acme/strickt" }, plugins).diagnostics.map(({ message, help }) => [message, help]),
  ).toEqual([['there is no preset "acme/strickt"', 'did you mean "acme/strict"?']]);
});
