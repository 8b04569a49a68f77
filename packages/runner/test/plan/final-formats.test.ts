import { expect, test } from "vitest";
import type { BuildRequest } from "../../src/job/build-request.js";
import { finalFormats } from "../../src/plan/final-formats.js";

test.each([
  [["vm"], undefined, ["qcow2", "tar"], ["qcow2", "tar"]],
  [["vm", "no-final-image"], undefined, ["qcow2", "raw", "vhdx"], []],
  [["vm", "no-final-image"], undefined, ["qcow2", "tar", "squashfs", "odd"], ["tar", "squashfs", "odd"]],
  [["ramdisk"], "ramdisk", ["qcow2"], []],
  [["ramdisk"], "ramdisk", ["qcow2", "tgz"], ["tgz"]],
])("%j as ramdisk %j: of %j are written %j", (names, ramdiskElement, formats, written) => {
  const request = { formats, ...(ramdiskElement === undefined ? {} : { ramdiskElement }) } as unknown as BuildRequest;
  const elements = names.map((name) => ({ name }));
  expect(finalFormats(request, elements)).toEqual(written);
});
