import { expect, test } from "vitest";
import { runCli } from "../../cli/test/run-cli.js";
import { offeredTasks, taskWords } from "../src/tasks.js";
import { contributes } from "./manifest.js";

test.each<readonly [files: readonly string[], words: readonly string[]]>([
  [[], ["lint"]],
  [
    ["dibkit.config.ts", "web.image.ts"],
    ["lint", "compile", "build web.image.ts"],
  ],
  [
    ["site/b.image.mts", "site/a.image.ts"],
    ["lint", "build site/a.image.ts", "build site/b.image.mts"],
  ],
  [["site/dibkit.config.ts", "image.ts"], ["lint"]],
])("a folder with %j offers %j", (files, words) => {
  expect(offeredTasks(files).map((task) => taskWords(task).join(" "))).toEqual(words);
});

test("words of tasks.json are passed on as they are", () => {
  expect(taskWords({ command: "build", args: ["vm", "debian minimal"] })).toEqual(["build", "vm", "debian minimal"]);
});

test.each(contributes.taskDefinitions.flatMap(({ properties }) => properties.command.enum))(
  "%s is a command of dibkit",
  async (command) => {
    expect(await runCli([command, "--help"])).toMatchObject({ exitCode: 0 });
  },
);
