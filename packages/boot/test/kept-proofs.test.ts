import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import type { Proof } from "../src/accelerator/accelerator.js";
import { openKeptProofs } from "../src/accelerator/kept-proofs.js";
import { kvm } from "../src/accelerator/kvm.js";
import type { KvmHost } from "../src/accelerator/kvm-host.js";
import { MACHINES, type MachineModel } from "../src/machine.js";

const scratch = mkdtempSync(join(tmpdir(), "dibkit-proofs-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const [amd64, arm64] = MACHINES as unknown as readonly [MachineModel, MachineModel];
const program = join(scratch, "qemu");
const emulator = { program, machine: amd64 };
const host: KvmHost = { bootId: "first", device: "usable", modules: ["kvm", "kvm_intel"] };
const fails: Proof = { kind: "fails", reason: "hung", help: "wait", lasting: true };

beforeEach(() => {
  rmSync(join(scratch, "cache"), { recursive: true, force: true });
  writeFileSync(program, "qemu");
  utimesSync(program, 1, 1);
});
const open = (on: KvmHost = host, cache = join(scratch, "cache")) => openKeptProofs(on, { XDG_CACHE_HOME: cache });

it.each<[string, Proof, boolean]>([
  ["that works", { kind: "works" }, true],
  ["that fails and will", fails, true],
  ["that fails now", { ...fails, lasting: false }, false],
  ["that was not finished", { kind: "aborted" }, false],
])("keeps a proof: %s", (_, proof, kept) => {
  open().keep(kvm, emulator, proof);
  expect(open().find(kvm, emulator)).toEqual(kept ? proof : undefined);
});

it.each<[string, () => unknown]>([
  ["after the host was booted", () => open({ ...host, bootId: "second" }).find(kvm, emulator)],
  ["with another module", () => open({ ...host, modules: ["kvm", "kvm_amd"] }).find(kvm, emulator)],
  ["when the device is closed", () => open({ ...host, device: "denied" }).find(kvm, emulator)],
  ["for another architecture", () => open().find(kvm, { ...emulator, machine: arm64 })],
  ["for another QEMU", () => open().find(kvm, { ...emulator, program: process.execPath })],
  [
    "for a QEMU that was replaced",
    () => {
      utimesSync(program, 2, 2);
      return open().find(kvm, emulator);
    },
  ],
  [
    "for a QEMU that is gone",
    () => {
      rmSync(program);
      return open().find(kvm, emulator);
    },
  ],
])("does not hold %s", (_, find) => {
  open().keep(kvm, emulator, { kind: "works" });
  expect(find()).toBeUndefined();
});

it("keeps nothing on a host that does not tell its boots apart, or where nothing can be written", () => {
  const nameless: KvmHost = { ...host, bootId: undefined };
  open(nameless).keep(kvm, emulator, { kind: "works" });
  expect(open(nameless).find(kvm, emulator)).toBeUndefined();
  // A file is where the directory would be, which stops root too.
  open(host, program).keep(kvm, emulator, { kind: "works" });
  expect(open(host, program).find(kvm, emulator)).toBeUndefined();
});
