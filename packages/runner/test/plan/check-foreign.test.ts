import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkForeign } from "../../src/plan/check-foreign.js";
import { buildRequest } from "../../src/plan/request-from-flags.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-binfmt-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
writeFileSync(join(directory, "qemu-s390x"), "enabled\ninterpreter /usr/bin/qemu-s390x-static\n");
writeFileSync(join(directory, "qemu-ppc64le"), "disabled\n");

function told(arch: string, upstreamVersion?: string): readonly string[] {
  const context = { env: { PATH: directory }, cwd: "/", hostArchitecture: "amd64", words: [], upstreamVersion };
  const request = buildRequest({ arch, refresh: false }, [], undefined, context);
  return checkForeign(request, [{ name: "debootstrap" }], directory).map(({ message }) => message);
}

const cannot = (arch: string) =>
  `this amd64 machine cannot run programs of ${arch}: no interpreter for them is registered with the kernel`;

test.skipIf(process.arch !== "x64").each([
  ["amd64", "3.13.0", []],
  ["x86_64", "3.13.0", []],
  ["i386", "3.38.0", []],
  ["s390x", "3.38.0", []],
  ["ppc64le", undefined, [cannot("ppc64el")]],
  ["aarch64", undefined, [cannot("arm64")]],
  [
    "s390x",
    "3.37.0",
    ['program "qemu-debootstrap" is missing, which diskimage-builder 3.37.0 needs to make a root of s390x'],
  ],
])("an image for %s by diskimage-builder %s: %j", (arch, version, expected) => {
  expect(told(arch, version)).toEqual(expected);
});
