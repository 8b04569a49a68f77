import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { boot } from "@dibkit/testing";
import { afterAll, describe, expect, test } from "vitest";
import { cyclonedxProblems, spdxProblems } from "./bill-validators.js";
import { buildOnDebian } from "./debian-build.js";
import { dibkit, example, runProgram, sharedStore, whyNotBuild } from "./dibkit.js";

const cwd = example("web-server");
const image = "web-server.image.ts";
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-web-server-"));
const cantBuild = whyNotBuild();

afterAll(() => rmSync(out, { recursive: true, force: true }));

/** SPDX's tools tell formats by the names of files. */
const FILES = { "spdx-json": "web.spdx.json", "cyclonedx-json": "web.cdx.json" } as const;

interface SpdxDocument {
  readonly name: string;
  readonly packages: readonly { readonly name: string }[];
  readonly files: readonly { readonly fileName: string }[];
}

/** Steps that a build printed, with their numbers: `finalise.d/60-acme-web 52/57`. */
function stepNumbers(printed: string): readonly string[] {
  const lines = stripVTControlCharacters(printed).matchAll(/^[=✔] (\S+) .* (\d+\/\d+)( |$)/gm);
  return [...lines].map(([, step, number]) => `${step} ${number}`);
}

describe("the path of examples/web-server, by the command line", () => {
  test("lint: no findings", async () => {
    const run = await dibkit(["lint", "--format", "json"], { cwd });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, diagnostics: [], summary: { errors: 0, warnings: 0 } });
    expect(run.exitCode).toBe(0);
  });

  test("compile: the layout diskimage-builder reads, up to date at once, and clean for dib-lint", async () => {
    const elements = join(out, "elements");
    const compile = (...more: readonly string[]) =>
      dibkit(["compile", "elements/acme-web.ts", "--out", elements, ...more], { cwd });
    expect(await compile()).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(elements, "acme-web/element-deps"), "utf8")).toBe(
      "dib-init-system\ninstall-static\npackage-installs\n",
    );
    expect(statSync(join(elements, "acme-web/post-install.d/60-acme-web")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(elements, "acme-web/static/etc/systemd/network/80-dhcp.network"), "utf8")).toContain(
      "DHCP=yes",
    );
    expect(await compile("--check")).toMatchObject({ exitCode: 0 });
    const lint = await runProgram(["dib-lint"], { cwd: out, env: { ELEMENTS_DIR: elements, LIB_DIR: elements } });
    expect(`${lint.stdout}${lint.stderr}`).not.toContain("ERROR");
    expect(lint.exitCode).toBe(0);
  });

  test("resolve: the elements and why each is there", async () => {
    const run = await dibkit(["resolve", image, "--format", "json"], { cwd });
    const { version, elements, provided } = JSON.parse(run.stdout) as {
      version: number;
      elements: { name: string; path: string; because: string[] }[];
      provided: { name: string; by: string }[];
    };
    expect(version).toBe(1);
    expect(elements.slice(0, 4).map(({ name, because }) => ({ name, because }))).toEqual([
      { name: "base", because: ["(default)"] },
      { name: "vm", because: ["(requested)"] },
      { name: "debian-minimal", because: ["(requested)"] },
      { name: "acme-web", because: ["(requested)"] },
    ]);
    expect(elements.find(({ name }) => name === "install-static")?.because).toEqual(["acme-web"]);
    expect(elements.find(({ name }) => name === "acme-web")?.path).toBe(join(cwd, "elements/acme-web.ts"));
    expect(provided).toEqual([
      { name: "operating-system", by: "debian-minimal" },
      { name: "block-device", by: "block-device-mbr" },
    ]);
  });

  test("plan: everything that would happen, as JSON of the documented shape", async () => {
    const run = await dibkit(["plan", image, "--format", "json"], { cwd });
    expect(run.exitCode).toBe(0);
    const plan = JSON.parse(run.stdout) as {
      version: number;
      steps: { phase: string; script: string; element: string; runs: string; key: string; cached: boolean }[];
      packages: Record<string, { install: { name: string; element: string }[]; uninstall: unknown[] }>;
      environment: Record<string, string | null>;
      disk: unknown;
      outputs: unknown;
    };
    expect(plan.version).toBe(1);
    for (const phase of ["pre-install.d", "post-install.d", "finalise.d"]) {
      expect(plan.steps).toContainEqual(
        expect.objectContaining({ phase, script: "60-acme-web", element: "acme-web", runs: "target" }),
      );
    }
    expect(plan.steps[0]).toMatchObject({ phase: "root.d", runs: "host" });
    expect(plan.packages["install.d"]?.install).toContainEqual(
      expect.objectContaining({ name: "nginx", element: "acme-web" }),
    );
    expect(plan.environment).toMatchObject({ ACME_WEB_PORT: "80", DISTRO_NAME: "debian" });
    expect(plan.disk).toBeTruthy();
    expect(plan.outputs).toBeTruthy();
  });

  test.skipIf(cantBuild)(
    `build: a qcow2 image that qemu-img finds whole${cantBuild ? ` (${cantBuild})` : ""}`,
    async () => {
      const run = await buildOnDebian([image], join(out, "web-server"), { cwd });
      const recorded = readFileSync(join(cwd, "../../docs/pictures/build.ansi"), "utf8");
      const outdated = 'the build prints other lines than the README shows: run "node scripts/record-pictures.mjs"';
      expect(stepNumbers(recorded), outdated).toEqual(stepNumbers(run.stderr));
      const check = await runProgram(["qemu-img", "check", join(out, "web-server.qcow2")]);
      expect(check.stdout).toContain("No errors were found");
    },
  );

  test.skipIf(cantBuild)(
    `sbom: bills that validators of others find whole${cantBuild ? ` (${cantBuild})` : ""}`,
    async () => {
      const bill = (format: keyof typeof FILES) => {
        const words = ["sbom", join(out, "web-server.qcow2"), "--format", format, "-o", join(out, FILES[format])];
        return dibkit([...words, ...sharedStore()], { cwd });
      };
      for (const format of ["spdx-json", "cyclonedx-json"] as const) {
        expect(await bill(format)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
      }
      expect(await spdxProblems(join(out, FILES["spdx-json"]), join(out, "spdx-tools"))).toEqual([]);
      expect(await cyclonedxProblems(join(out, FILES["cyclonedx-json"]))).toBeNull();
      const text = readFileSync(join(out, FILES["spdx-json"]), "utf8");
      const { name, packages, files } = JSON.parse(text) as SpdxDocument;
      expect(name).toBe("web-server");
      // The parts do not tell of the machine that built them.
      expect(text).not.toContain(out);
      expect(packages.find((one) => one.name === "nginx")).toMatchObject({
        licenseDeclared: expect.stringContaining("BSD-2-Clause"),
        sourceInfo: "asked for by element acme-web",
        externalRefs: [
          { referenceLocator: expect.stringMatching(/^pkg:deb\/debian\/nginx@[^?]+\?arch=\w+&distro=debian-12/) },
        ],
      });
      expect(files.find((one) => one.fileName === "./etc/systemd/network/80-dhcp.network")).toMatchObject({
        comment: expect.stringContaining("install-static"),
      });
      // The same image has the same bill.
      expect(await bill("spdx-json")).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(out, FILES["spdx-json"]), "utf8")).toBe(text);
    },
  );

  test.skipIf(cantBuild)(
    `boot of @dibkit/testing: a machine that serves, and that is asked${cantBuild ? ` (${cantBuild})` : ""}`,
    async () => {
      const path = join(out, "web-server.qcow2");
      const before = statSync(path);
      const log = join(out, "console.log");
      // It ends a machine that hangs, also where nothing but software emulation beside two busy programs is to be had.
      await using machine = await boot(path, { timeoutSeconds: 2700, consoleLog: log });
      expect(machine.way).toBe("credentials");
      expect(await machine.failedUnits()).toEqual([]);
      const answer = await machine.http(80);
      expect(answer).toMatchObject({ status: 200 });
      expect(await answer.text()).toContain("Hello from dibkit");
      expect(await machine.http(80, "/nowhere", { method: "HEAD" })).toMatchObject({ status: 404 });
      expect(await machine.run("id -un; nginx -t")).toEqual({
        exitCode: 0,
        stdout: "root\n",
        stderr: expect.stringContaining("syntax is ok"),
      });
      expect(await machine.run("systemctl is-active acme-nothing")).toMatchObject({
        exitCode: 3,
        stdout: "inactive\n",
      });
      expect(await machine.journal("acme-web-ready")).toMatch(/^\S+ \S+ echo\[\d+\]: acme-web is ready$/m);
      expect(await machine.journal()).toContain("Linux version");
      const bytes = Buffer.from([0, 10, 13, 255, 27]);
      await machine.writeFile("/srv/acme-web/a b/it's.bin", bytes, { mode: 0o640 });
      expect(await machine.readFile("/srv/acme-web/a b/it's.bin")).toEqual(bytes);
      expect((await machine.run("stat -c %a:%U /srv/acme-web/a*/*")).stdout).toBe("640:root\n");
      await expect(machine.readFile("/nowhere")).rejects.toThrow(
        /web-server\.qcow2" cannot read "\/nowhere": cat: \/nowhere: No such file or directory$/,
      );
      await expect(machine.run("sleep 600", { timeoutSeconds: 1 })).rejects.toThrow(
        /command "sleep 600" had not ended within 1 s; .*\nlast lines of the console:\n {2}\| /,
      );
      await machine.stop();
      await expect(machine.run("true")).rejects.toThrow('web-server.qcow2": the machine was stopped');
      expect(readFileSync(log, "utf8")).toContain("acme-web is ready");
      // Nothing of it is in the image.
      expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs });
    },
  );
});
