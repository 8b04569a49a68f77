import { expect, it } from "vitest";
import { chooseBlockDevices, parseBlockDeviceGraph } from "../../src/block-device/index.js";
import type { Element } from "../../src/index.js";

function element(name: string, files: readonly string[]): Element {
  const root = `/elements/${name}`;
  const entry = (path: string) => {
    const bytes = new TextEncoder().encode(`${name}/${path}`);
    return [
      path,
      { kind: "file", path, mode: 0o644, bytes, origin: { kind: "disk", path: `${root}/${path}` } },
    ] as const;
  };
  return { name, root, origin: "disk", files: new Map(files.map(entry)) };
}

const base = element("base", []);
const plain = element("plain", ["block-device-default.yaml"]);
const both = element("both", ["block-device-default.yaml", "block-device-amd64.yaml", "block-device-ppc64el.yaml"]);

it.each<[string, string | undefined, readonly Element[], string, readonly [string, string]]>([
  ["the variable", "- local_loop:", [plain], "amd64", ["variable", "- local_loop:"]],
  ["the file it names", "file:///there", [plain], "amd64", ["file", "text of /there"]],
  ["the architecture's file", undefined, [base, both, plain], "amd64", ["element", "both/block-device-amd64.yaml"]],
  ["the default file", undefined, [base, both], "arm64", ["element", "both/block-device-default.yaml"]],
  ["one file for both names of ppc64el", undefined, [both], "ppc64le", ["element", "both/block-device-ppc64el.yaml"]],
  ["the first element", "", [plain, both], "amd64", ["element", "plain/block-device-default.yaml"]],
])("takes %s", (_, variable, elements, arch, [from, text]) => {
  const chosen = chooseBlockDevices(variable, elements, arch, (path) =>
    path === "/there" ? `text of ${path}` : undefined,
  );
  expect(chosen).toMatchObject({ ok: true, value: { from, source: { text } } });
});

it("names the files of other elements that lost", () => {
  const chosen = chooseBlockDevices(undefined, [plain, both], "amd64", () => undefined);
  expect(chosen.ok && chosen.value.others.map(({ path }) => path)).toEqual(["/elements/both/block-device-amd64.yaml"]);
});

it("falls back to one filesystem on the whole disk", () => {
  const chosen = chooseBlockDevices(undefined, [base], "amd64", () => undefined);
  if (!chosen.ok) throw new Error("nothing chosen");
  const { config } = parseBlockDeviceGraph(chosen.value.source);
  expect(config?.entries.map(({ name }) => name)).toEqual([
    "fstab_mount_mkfs_root",
    "mount_mkfs_root",
    "mkfs_root",
    "image0",
  ]);
});

it("says which file cannot be read", () => {
  expect(chooseBlockDevices("file:///gone", [], "amd64", () => undefined)).toEqual({
    ok: false,
    error: { kind: "unreadable-block-device-config", path: "/gone" },
  });
});
