import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { dibkit } from "./dibkit.js";

const image = (name: string) => `import { defineImage, elementRef } from "@dibkit/model";

export default defineImage({
  name: "${name}",
  elements: [elementRef("tiny-os"), elementRef("${name}")],
  base: false,
  arch: "amd64",
  size: 0.2,
  formats: ["tar"],
});
`;

describe.skipIf(!mayBuild)("several image definitions", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    // It ends when the other build has come to it.
    const waits = `until [ -e ${join(project.directory, "waiting")} ]; do sleep 0.1; done`;
    project.element("tiny-os", {
      "root.d/50-slow": `#!/bin/bash\nset -eu\n${waits}\ndate +%N > $TARGET_ROOT/etc/slow\n`,
    });
    for (const name of ["web", "db"]) {
      project.element(name, { "install.d/50-own": `#!/bin/bash\necho ${name} > /etc/own\n` });
      writeFileSync(join(project.directory, `${name}.image.ts`), image(name));
    }
  });
  afterAll(() => project.remove());

  test("are built side by side, and one makes the layers that they share", async () => {
    const { directory } = project;
    const places = ["--elements-path", join(directory, "elements"), "--cache-dir", join(directory, "store")];
    const words = ["build", "web.image.ts", "db.image.ts", "--no-typecheck", "--image-cache", join(directory, "cache")];
    const run = await dibkit([...words, ...places], {
      cwd: directory,
      env: { RUN_PARTS_REGEX: "x" },
      async onStart(child) {
        let printed = "";
        child.stderr?.on("data", (text: string) => {
          printed += text;
          if (printed.includes("waiting for it")) writeFileSync(join(directory, "waiting"), "");
        });
      },
    });
    expect(run.stderr).not.toContain("error:");
    expect(run.stderr.match(/"RUN_PARTS_REGEX" has no effect here/g)).toHaveLength(1);
    expect(run.exitCode).toBe(0);
    expect(run.stdout.trim().split("\n").sort()).toEqual(["db", "web"].map((name) => join(directory, `${name}.tar`)));
    const lines = run.stderr.split("\n");
    const slow = lines.filter((line) => /^(web|db): [✔=] root\.d\/50-slow/.test(line));
    expect(slow.map((line) => /cached/.test(line)).sort()).toEqual([false, true]);
    expect(lines.filter((line) => /waiting for it/.test(line)).length).toBeGreaterThan(0);
    expect(lines.filter((line) => /^(web|db): ✔ install\.d\/50-own/.test(line))).toHaveLength(2);
  });

  test("are refused together when they would write the same files", async () => {
    writeFileSync(join(project.directory, "copy.image.ts"), image("web"));
    const run = await dibkit(["build", "web.image.ts", "copy.image.ts", "--no-typecheck"], {
      cwd: project.directory,
      env: { ELEMENTS_PATH: join(project.directory, "elements"), DIBKIT_CACHE: join(project.directory, "other") },
    });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`two images are called "${join(project.directory, "web")}"`);
    expect(existsSync(join(project.directory, "other/builds"))).toBe(false);
  });
});
