import { parseBlockDeviceGraph, planSeededDisk } from "@dibkit/model";
import { expect, test } from "vitest";
import type { AskedDiskWay } from "../../src/job/disk-way.js";
import { askedWay, chooseDiskWay } from "../../src/plan/choose-disk-way.js";

function planOf(type: string) {
  const text = `- local_loop: { name: image0, mkfs: { type: ${type}, label: r, mount: { mount_point: / } } }`;
  const { config } = parseBlockDeviceGraph({ path: "test.yaml", text });
  const { plan } = config ? planSeededDisk(config, { imageBytes: 400 * 1024 ** 2 }) : { plan: undefined };
  if (plan === undefined) throw new Error("cannot be planned");
  return plan;
}

const LOOP = { isRoot: true, loopTroubles: [] };
const NO_LOOP = {
  isRoot: true,
  loopTroubles: [{ code: "no-loop-devices", severity: "error", message: "no loop devices" } as const],
};
const USER = { isRoot: false, loopTroubles: [] };

const ROWS: readonly (readonly [AskedDiskWay, string, typeof LOOP | typeof NO_LOOP, string, readonly string[]])[] = [
  ["auto", "ext4", LOOP, "loop: this machine has loop devices", []],
  ["auto", "ext4", NO_LOOP, "files: this machine has no loop devices", []],
  ["auto", "ext4", USER, "files: only root can use loop devices", []],
  ["auto", "xfs", LOOP, "loop: this machine has loop devices", []],
  ["auto", "xfs", NO_LOOP, "loop: the layout cannot be written in files alone", ["no-loop-devices", "host-cannot"]],
  ["auto", "xfs", USER, "loop: the layout cannot be written in files alone", ["host-cannot"]],
  ["files", "ext4", LOOP, "files: asked for with --disk", []],
  ["files", "xfs", LOOP, "files: asked for with --disk", ["host-cannot"]],
  ["loop", "ext4", NO_LOOP, "loop: asked for with --disk", ["no-loop-devices"]],
];

test.each(ROWS)("--disk %s, a filesystem of %s, %o", (asked, type, host, chosen, codes) => {
  const choice = chooseDiskWay(asked, planOf(type), host);
  expect(`${choice.chosen.way}: ${choice.chosen.reason}`).toBe(chosen);
  expect(choice.diagnostics.map(({ code }) => code)).toEqual(codes);
});

test("a request that asks for nothing, or for what there is not, leaves the choice open", () => {
  expect([{}, { disk: "auto" }, { disk: "disc" }, { disk: "files" }].map(askedWay)).toEqual([
    ...["auto", "auto", "auto", "files"],
  ]);
});
