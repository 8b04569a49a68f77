import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileProject } from "../src/compile-project.js";
import { project } from "./project.js";

const MODULE = `import { bash, cleanup, defineElement, elementRef, envDefault, envRequired, envSecret, finalise, install, root, variable } from "@dibkit/model";
export default defineElement("acme-web", {
  summary: "a web server",
  description: \`
    It serves pages.

    * really
  \`,
  deps: [elementRef("vm"), elementRef("package-installs"), elementRef("base")],
  provides: ["web-server"],
  environment: {
    ACME_PORT: envDefault(80, "the port"),
    ACME_NAME: envDefault("a b", "its name"),
    ACME_DATE: envDefault(bash\`$(date)\`, "when"),
    ACME_KEY: envRequired("the key's name"),
    ACME_PASSWORD: envSecret("the password"),
    ACME_TOKEN: envSecret("the token", { required: true }),
  },
  packages: { nginx: {}, gcc: { buildOnly: true, phase: "pre-install.d" } },
  pkgMap: { family: { redhat: { nginx: "nginx-all" } }, default: { nginx: "nginx" } },
  svcMap: { nginx: { default: "nginx", redhat: "nginx" } },
  sourceRepositories: { site: { type: "git", destination: "/srv/site", location: "https://example.org/site.git" } },
  static: { "/etc/acme": "x\\n" },
  bin: { "acme-tool": "#!/bin/sh\\nexec true\\n" },
  scripts: [
    root(10, "acme", bash\`echo $TARGET_ROOT\`),
    install(50, "acme", bash\`
      if [ -n \${variable("ACME_PORT")} ]; then
          echo "it's \${"a \\"b\\""}"
      fi
    \`),
    finalise(50, "acme", bash\`echo done\`),
    cleanup(50, "acme", bash\`sudo rm -f $TARGET_ROOT/x\`),
  ],
});
`;

/** A directory for PATH in which `python` is the Python that runs upstream's own programs. */
function pythonPath(directory: string): string {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  symlinkSync("/usr/bin/python3", join(bin, "python"));
  return `${bin}:${process.env.PATH}`;
}

test.runIf(existsSync("/usr/bin/dib-lint"))("a compiled element passes dib-lint as it stands", async () => {
  const directory = project({ "web.ts": MODULE });
  const report = await compileProject({ entries: ["web.ts"], outDir: "elements", cwd: directory, typecheck: false });
  expect(report.diagnostics).toEqual([]);
  const { stdout, status } = spawnSync("dib-lint", {
    cwd: directory,
    env: { ...process.env, ELEMENTS_DIR: "elements", LIB_DIR: "elements", PATH: pythonPath(directory) },
    encoding: "utf8",
  });
  expect(stdout.split("\n").filter((line) => /ERROR|FAIL|PASS|--/.test(line))).toEqual(["PASS"]);
  expect(status).toBe(0);
});

test("what environment.d says of secrets is never traced", async () => {
  const directory = project({ "web.ts": MODULE });
  await compileProject({ entries: ["web.ts"], outDir: "elements", cwd: directory, typecheck: false });
  const source = (environment: Record<string, string>) =>
    spawnSync("bash", ["-exuc", '. "$0"; env', join(directory, "elements/acme-web/environment.d/50-acme-web")], {
      env: { PATH: process.env.PATH ?? "", ...environment },
      encoding: "utf8",
    });
  const run = source({ ACME_KEY: "k", ACME_PASSWORD: "hunter2", ACME_TOKEN: "t0k3n" });
  expect(run.status).toBe(0);
  expect(run.stderr).not.toMatch(/hunter2|t0k3n/);
  expect(run.stdout).toMatch(/^ACME_PASSWORD=hunter2$/m);
  expect(run.stdout).toMatch(/^ACME_NAME=a b$/m);
  const missing = source({ ACME_TOKEN: "t0k3n" });
  expect([missing.status, missing.stderr]).toEqual([
    1,
    expect.stringContaining("ACME_KEY is not set: the key's name\n"),
  ]);
});
