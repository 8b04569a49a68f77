import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type DebianPackage, debianClosure } from "../synthetic-rpm/debian-closure.mjs";
import { buildRpm } from "../synthetic-rpm/recipe/build-rpm.mjs";
import { convertDebianPackage } from "../synthetic-rpm/recipe/debian-package.mjs";
import { updatePackage } from "../synthetic-rpm/recipe/newer-state.mjs";
import { PackageTree } from "../synthetic-rpm/recipe/package-tree.mjs";
import { namedRelease } from "../synthetic-rpm/recipe/releases.mjs";
import { renderSpec, rpmVersion } from "../synthetic-rpm/recipe/rpm-spec.mjs";
import { runProgram, whyNotBuild } from "./dibkit.js";

const cantBuild = whyNotBuild();
const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-synthetic-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test.each([
  ["2.36-9+deb12u14", { epoch: "0", version: "2.36", release: "9+deb12u14" }],
  ["1:9.2p1-2+deb12u7", { epoch: "1", version: "9.2p1", release: "2+deb12u7" }],
  ["20230311", { epoch: "0", version: "20230311", release: "1" }],
  ["3:1.2-rc1-4", { epoch: "3", version: "1.2.rc1", release: "4" }],
])("the version %s", (debian, rpm) => {
  expect(rpmVersion(debian)).toEqual(rpm);
});

test("a spec names each file once, whatever its name means in a pattern", () => {
  const [summary, scriptlets] = ["100 %", { post: "true" }];
  const rpm = { name: "x", version: "1-1", summary, requires: ["x", "y"], provides: [], scriptlets };
  const entries = [
    { path: "/usr/bin", isDirectory: true },
    { path: "/usr/share/a b", isDirectory: true },
    { path: "/usr/share/a b/[", isDirectory: false },
    { path: "/etc/x.conf", isDirectory: false },
  ];
  const spec = renderSpec({ ...rpm, configuration: new Set(["/etc/x.conf"]) }, entries);
  expect(spec).toMatch(
    /%files\n%dir \/usr\/share\/a\?b\n\/usr\/share\/a\?b\/\?\n%config\(noreplace\) \/etc\/x.conf\n$/,
  );
  expect(spec).toContain("Summary: 100 %%\n");
  expect(spec.match(/^Requires: .*$/gm)).toEqual(["Requires: y", "Requires: /bin/sh", "Requires: coreutils"]);
});

test.each(["fedora", "fedora-x", "centos-9", "debian-12"])("there is no release %s", (name) => {
  expect(() => namedRelease(name)).toThrow('must be "fedora-VERSION" or "centos-VERSION-stream"');
});

describe.skipIf(cantBuild)(`packages${cantBuild ? ` (${cantBuild})` : ""}`, () => {
  async function make(server: DebianPackage, name: string, state: number): Promise<string> {
    const work = join(out, name);
    const tree = new PackageTree(join(work, "root"));
    tree.directory("/");
    await runProgram(["apt-get", "-o", "APT::Sandbox::User=root", "-q", "download", "openssh-server"], { cwd: work });
    const deb = readdirSync(work).find((file) => file.endsWith(".deb"));
    const rpm = await convertDebianPackage(server, join(work, deb ?? ""), tree);
    await buildRpm(updatePackage(rpm, tree, state), tree, { work: join(work, "build"), into: join(work, "into") });
    const [file] = readdirSync(join(work, "into"));
    return join(work, "into", file ?? "");
  }

  test("have the same bytes when they are made twice, and a higher version in a later state", async () => {
    const server = debianClosure().find(({ name }) => name === "openssh-server") as DebianPackage;
    const [one, two] = [await make(server, "one", 1), await make(server, "two", 1)];
    const later = await make(server, "later", 2);
    const sum = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(sum(two)).toBe(sum(one));
    const upgrade = ["rpm", "-Uvh", "--test", "--nodeps", "--dbpath", join(out, "database")];
    expect(await runProgram([...upgrade, later])).toMatchObject({ exitCode: 0 });
    const query = await runProgram(["rpm", "-qp", "--qf", "%{RELEASE} %{POSTIN}", later]);
    expect(query.stdout).toMatch(/\.2 [\s\S]*systemctl --no-reload preset .*sshd.service/);
    const files = await runProgram(["rpm", "-qlvp", one]);
    expect(files.stdout).toMatch(/^-rw------- +1 root +root .* \/etc\/ssh\/sshd_config$/m);
    expect(files.stdout).not.toContain("/usr/share/doc");
  });
});
