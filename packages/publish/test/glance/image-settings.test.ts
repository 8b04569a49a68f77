import { describe, expect, test } from "vitest";
import { type ImageSettings, imageRecordBody, parseProperties } from "../../src/glance/image-settings.js";
import type { DiskImage } from "../../src/inspect-image.js";

describe("--property", () => {
  test.each<[readonly string[], unknown]>([
    [["os_distro=fedora-coreos", "note=a=b", "empty="], { os_distro: "fedora-coreos", note: "a=b", empty: "" }],
    [["os_distro"], 'property "os_distro" is not KEY=VALUE'],
    [["=x"], 'property "=x" is not KEY=VALUE'],
    [["a=1", "a=2"], 'property "a" is given twice'],
    [["min_disk=3"], 'property "min_disk" has an option of its own: --min-disk'],
    [["status=active"], 'property "status" is set by Glance itself'],
    [["os_hash_value=0"], 'property "os_hash_value" is set by Glance itself'],
  ])("%j", (words, expected) => {
    const parsed = parseProperties(words);
    expect(parsed.ok ? parsed.value : parsed.error).toEqual(expected);
  });
});

test("the record of an image", () => {
  const file: DiskImage = {
    ...{ path: "/x/atomic.qcow2", name: "atomic", format: "qcow2", bytes: 5, virtualBytes: 10, modifiedMs: 0 },
  };
  expect(imageRecordBody({}, file, "id-1", "mark")).toEqual({
    ...{ id: "id-1", name: "atomic", disk_format: "qcow2", container_format: "bare", tags: ["mark"] },
  });
  const settings: ImageSettings = {
    name: "n",
    containerFormat: "compressed",
    visibility: "shared",
    minDisk: 3,
    minRam: 512,
    properties: { os_distro: "fedora-atomic" },
    tags: ["a", "b", "a"],
  };
  expect(imageRecordBody(settings, file, "id-1", "mark")).toEqual({
    ...{ id: "id-1", name: "n", disk_format: "qcow2", container_format: "compressed", visibility: "shared" },
    ...{ min_disk: 3, min_ram: 512, os_distro: "fedora-atomic", tags: ["a", "b", "mark"] },
  });
});
