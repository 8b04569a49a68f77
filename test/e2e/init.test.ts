import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bootableDisk } from "../../packages/boot/test/boot-sector.js";
import { tinyOs } from "../tiny-os.mjs";
import { dibkit, type ProgramRun, whyNotBuild } from "./dibkit.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-init-"));
const cwd = join(root, "acme");
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function done(...argv: readonly string[]): Promise<ProgramRun> {
  const run = await dibkit(argv, { cwd });
  expect(run, run.stdout + run.stderr).toMatchObject({ exitCode: 0 });
  return run;
}

test("a new project with a second element lints, compiles and can be planned as it stands", async () => {
  expect(await dibkit(["init", "acme"], { cwd: root })).toMatchObject({ exitCode: 0 });
  await done("new", "element", "time-server");
  expect((await done("lint")).stdout).toBe("no findings in 2 elements, 10 files\n");
  expect((await done("compile")).stdout).toContain("wrote elements/time-server (5 files)");
  const plan = await done("plan", "acme.image.ts", "--format", "json");
  expect(JSON.parse(plan.stdout)).toMatchObject({ version: 1, environment: { ACME_GREETING: "Hello from acme" } });
});

const cantBuild = whyNotBuild();
test.skipIf(cantBuild)(
  `it lints, compiles, is planned, built and booted${cantBuild ? ` (${cantBuild})` : ""}`,
  async () => {
    // The system is of this machine's own programs, and starts no further than its boot sector, which says the greeting.
    mkdirSync(join(cwd, "base/tiny-os/root.d"), { recursive: true });
    writeFileSync(join(cwd, "base/tiny-os/element-provides"), "operating-system\n");
    const programs = ["bash", "cat", "ls", "mkdir", "rm", "grep"];
    writeFileSync(join(cwd, "base/tiny-os/root.d/10-tiny"), tinyOs(programs, "set -o pipefail\n"), { mode: 0o755 });
    const sector = bootableDisk("Hello from acme\r\n", "").subarray(0, 512).toString("base64");
    writeFileSync(
      join(cwd, "src/elements/greeter.ts"),
      `import { bash, defineElement, elementRef, preFinalise, variable } from "@dibkit/model";

export const greeter = defineElement("greeter", {
  summary: "says hello when the machine starts",
  deps: [elementRef("tiny-os")],
  scripts: [
    preFinalise(
      90,
      "greeter",
      bash\`base64 --decode <<<${sector} | sudo dd of=\${variable("IMAGE_BLOCK_DEVICE")} conv=notrunc status=none\`,
    ),
  ],
});
`,
    );
    writeFileSync(
      join(cwd, "greeter.image.ts"),
      `import { defineImage } from "@dibkit/model";
import { greeter } from "./src/elements/greeter.ts";

export default defineImage({ name: "greeter", elements: [greeter], base: false, arch: "amd64", size: 0.2, formats: ["raw"] });
`,
    );
    const config = readFileSync(join(cwd, "dibkit.config.ts"), "utf8");
    writeFileSync(join(cwd, "dibkit.config.ts"), config.replace("images:", 'elementsPath: ["base"],\n  images:'));

    expect((await done("lint", "greeter.image.ts")).stdout).toMatch(/^no findings in 1 element, \d files\n$/);
    expect((await done("compile")).stdout).toContain("wrote elements/greeter (3 files)");
    expect((await done("plan", "greeter.image.ts")).stdout).toContain("90-greeter");
    const store = ["--cache-dir", join(root, "store")];
    expect((await done("build", "greeter.image.ts", ...store)).stdout).toBe(`${join(cwd, "greeter.raw")}\n`);
    const boot = await done("boot", "greeter.raw", "--memory", "64", "--cpus", "1", "--expect", "Hello from acme");
    expect(boot.stdout).toMatch(/^pass: greeter\.raw booted in /);
  },
);
