import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { upstreamInstallation } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";
import { CAPTURE_ENVIRONMENT_SCRIPT } from "../../src/plan/capture-environment-sh.js";
import { parseCapture } from "../../src/plan/environment-capture.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-capture-"));
afterAll(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, "environment.d"));
mkdirSync(join(directory, "install.d"));
const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
write("environment.d/10-first", 'export A=${A:-one}\nB=not-exported\nexport LINES_OF="a\nb"\n');
write("environment.d/9-bytes-not-numbers", 'export ORDER="${ORDER:-} nine"\n');
write(
  "environment.d/20-second.bash",
  'export ORDER="${ORDER:-} twenty"\nfunction helper { echo "$1 helped"; }\nexport -f helper\n',
);
write("environment.d/not a name", "export NEVER=1\n");

const BASE = { PATH: process.env.PATH ?? "", LC_ALL: "C", A: "given" };

async function capture(): Promise<ReturnType<typeof parseCapture>> {
  const file = join(directory, "captured");
  const script = `exec 3>${file}; exec bash -c "$SCRIPT" dib-run-parts ${directory}/environment.d`;
  await createCommandRunner({ env: { ...BASE, SCRIPT: CAPTURE_ENVIRONMENT_SCRIPT } }).run(["bash", "-c", script]);
  const { values, ...rest } = parseCapture(readFileSync(file), BASE);
  const { SCRIPT: _script, ...own } = values ?? {};
  return { ...rest, ...(values === undefined ? {} : { values: own }) };
}

const upstream = upstreamInstallation(process.env);

test.skipIf(upstream === undefined)("scripts get exactly what upstream's dib-run-parts gives them", async () => {
  write("install.d/50-look", '#!/bin/bash\nenv -0 > "$(dirname "$0")/../seen"\n');
  chmodSync(join(directory, "install.d/50-look"), 0o755);
  const program = join(upstream?.lib ?? "", "dib-run-parts");
  const ran = await createCommandRunner({ env: BASE }).run(["bash", program, join(directory, "install.d")]);
  expect(ran.ok).toBe(true);
  const seen = Object.fromEntries(
    readFileSync(join(directory, "seen"), "utf8")
      .split("\0")
      .filter((word) => word.includes("="))
      .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
  for (const name of ["_", "SHLVL", "PWD", "OLDPWD"]) delete seen[name];
  expect((await capture()).values).toEqual(seen);
  expect(seen).toMatchObject({ A: "given", LINES_OF: "a\nb", ORDER: " twenty nine" });
});

test("a file that fails is named and nothing is captured", async () => {
  write("environment.d/30-fails", "echo $UNSET_VARIABLE\n");
  const captured = await capture();
  expect(captured.values).toBeUndefined();
  expect(captured.lastFile).toBe(join(directory, "environment.d/30-fails"));
  rmSync(join(directory, "environment.d/30-fails"));
});
