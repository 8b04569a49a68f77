import { expect, it } from "vitest";
import { firstDifference } from "../../src/verify/compare-content.js";
import { parseDiskWriters } from "../../src/verify/disk-writers.js";
import { knownReason } from "../../src/verify/known-reasons.js";

it("tells whose a file is by the time of its last change", () => {
  const step = (phase: string, start: number, end: number) => ({
    ...{ id: phase, label: { phase, script: "50-x" }, start, end, seconds: end - start },
    outcome: "ran" as const,
  });
  const timeline = {
    started: "2026-01-01T00:00:00.000Z",
    steps: [step("disk", 10, 12), step("finalise.d", 12.5, 14), step("cleanup.d", 14.01, 15)],
  };
  const begin = Date.parse(timeline.started) / 1000;
  const listed = [
    [13.5, "/tmp/dib_build.dibkit/mnt/boot/grub/grub.cfg"],
    [12.49, "/tmp/dib_build.dibkit/mnt/just at the tick"],
    [13.995, "/tmp/dib_build.dibkit/mnt/last moment"],
    [14.5, "/tmp/dib_build.dibkit/mnt"],
    [99, "/tmp/dib_build.dibkit/mnt/later"],
  ].map(([at, path]) => `${(begin + Number(at)).toFixed(10)} ${path}`);
  const writers = [...parseDiskWriters(listed.join("\n"), timeline)].map(([path, { phase }]) => [path, phase]);
  expect(writers).toEqual([
    ["/boot/grub/grub.cfg", "finalise.d"],
    ["/just at the tick", "finalise.d"],
    ["/last moment", "finalise.d"],
    ["/", "cleanup.d"],
  ]);
});

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
