import { expect, it } from "vitest";
import { firstDifference } from "../../src/verify/compare-content.js";
import { knownReason } from "../../src/verify/known-reasons.js";

it.each([
  ["abc", "abd", "binary: byte 2 of 3 is the first that differs"],
  ["abc", "abcd", "binary: byte 3 of 3 and 4 is the first that differs"],
])("finds where %s and %s differ", (before, after, expected) => {
  expect(firstDifference(Buffer.from(before), Buffer.from(after))).toBe(expected);
});

it.each([
  ["/etc/ssh/ssh_host_rsa_key", /host keys are random/],
  ["/etc/machine-id", /machine ids are random/],
  ["/etc/iscsi/initiatorname.iscsi", /GenerateName=yes/],
  ["/boot/initrd.img-6.1.0-1-amd64", /copies of other files/],
  ["/var/lib/apt/lists/deb_dists_Release", /mirror published/],
])("knows why %s differs", (path, reason) => {
  expect(knownReason(path)).toMatch(reason);
});

it("knows nothing of other files", () => {
  expect(knownReason("/etc/motd")).toBeUndefined();
});
