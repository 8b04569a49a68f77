import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { compareVersions, upstreamInReach } from "../src/index.js";
import { describeUpstream } from "./upstream.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-upstream-in-reach-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

it.each([
  ["egg", { "dist-packages/diskimage_builder-3.13.0.egg-info/PKG-INFO": "Name: x\nVersion: 3.13.0\n" }, "3.13.0"],
  ["wheel", { "dist-packages/diskimage_builder-3.40.2.dist-info/METADATA": "Version: 3.40.2\n" }, "3.40.2"],
  ["sources", { "dist-packages/PKG-INFO": "Version: 3.39.0\n" }, "3.39.0"],
  [
    "checkout",
    {
      "dist-packages/.git/packed-refs":
        "a refs/heads/master\nb refs/tags/3.9.0\nc refs/tags/3.42.0\n^d\ne refs/tags/v2-eol\n",
    },
    "3.42.0",
  ],
  ["unknown", {}, undefined],
])("tells the version of an installation: %s", (name, files, version) => {
  const all = { "dist-packages/diskimage_builder/lib/common-functions": "", ...files };
  for (const [path, content] of Object.entries(all)) write(join(name, path), content);
  const elements = join(root, name, "dist-packages/diskimage_builder/elements");
  mkdirSync(elements);
  expect(upstreamInReach([join(root, "own"), elements])).toEqual({ elements, ...(version && { version }) });
});

it("finds none among elements of one's own", () => {
  write("own/elements/web/README.rst", "x\n");
  expect(upstreamInReach([join(root, "own/elements")])).toBeUndefined();
});

it("orders versions by their numbers", () => {
  expect(["3.31", "3.9.1", "3.31.0.dev4", "3.13.0"].sort(compareVersions)).toEqual([
    "3.9.1",
    "3.13.0",
    "3.31",
    "3.31.0.dev4",
  ]);
});

describeUpstream("the diskimage-builder of this machine", ({ elements, version }) => {
  it("is found with its version", () => {
    expect(upstreamInReach([elements])).toEqual({ elements, version });
  });
});
