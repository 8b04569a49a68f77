import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner, findProgram } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openKeptProofs } from "../src/accelerator/kept-proofs.js";
import { kvm } from "../src/accelerator/kvm.js";
import { readKvmHost } from "../src/accelerator/kvm-host.js";
import { bootImage } from "../src/boot-image.js";
import type { BootOptions } from "../src/boot-options.js";
import { MACHINES } from "../src/machine.js";
import { bootableDisk } from "./boot-sector.js";

const qemu = findProgram("qemu-system-x86_64", process.env);
const machine = MACHINES.find(({ architecture }) => architecture === "amd64");

/** A QEMU on a host whose KVM lies: the real one, in emulation; asked for KVM its machine never runs. */
const LYING_QEMU = `#!/bin/bash
words=() freeze=
for word; do
  if [[ $word == *accel=kvm* ]]; then freeze=-S; fi
  words+=("\${word/accel=kvm/accel=tcg}")
done
exec ${qemu} "\${words[@]}" $freeze
`;

/** A QEMU on a host whose KVM refuses what this QEMU asks of it: it ends as a failed assertion does. */
const CRASHING_QEMU = `#!/bin/bash
for word; do
  if [[ $word == *accel=kvm* ]]; then
    echo "error: failed to set MSR 0x10a to 0x69" >&2
    kill -ABRT $$
  fi
done
exec ${qemu} "$@"
`;

/** A QEMU of which one of two processors locks up, which is seen on the console; with one processor all is well. */
const LOCKING_QEMU = `#!/bin/bash
words=() smp=
for word; do
  if [[ $word == 2 && \${words[-1]} == -smp ]]; then smp=2; fi
  if [[ $smp == 2 ]]; then word=\${word/image.raw/stuck.raw}; fi
  words+=("$word")
done
exec ${qemu} "\${words[@]}"
`;
const LOCKED_UP = "watchdog: BUG: soft lockup - CPU#1 stuck for 104s! [cryptomgr_test:55]";

let directory: string;
let image: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dibkit-hung-"));
  image = join(directory, "image.raw");
  await writeFile(image, bootableDisk("Loading Linux ...\r\nhost login: ", "Password: "));
  await writeFile(join(directory, "stuck.raw"), bootableDisk(`${LOCKED_UP}\r\n`, ""));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/**
 * Boots with that QEMU first in PATH and a cache directory of its own. `believed`: KVM passes for proven, as where the
 * trial guest comes through and others do not.
 */
async function bootWithLies(
  name: string,
  believed: boolean,
  options: Partial<BootOptions> = {},
  lyingQemu = LYING_QEMU,
) {
  const bin = join(directory, name, "bin");
  await mkdir(bin, { recursive: true });
  const program = join(bin, "qemu-system-x86_64");
  // A program that was written anew would be proven anew.
  if (!existsSync(program)) await writeFile(program, lyingQemu, { mode: 0o755 });
  const cache = join(directory, name, "cache");
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, XDG_CACHE_HOME: cache };
  if (believed && machine !== undefined) {
    openKeptProofs(readKvmHost(), env).keep(kvm, { program, machine }, { kind: "works" });
  }
  const notes: string[] = [];
  const boot = () => {
    const consoleLog = join(directory, name, "console.log");
    const onNote = (note: string) => notes.push(note);
    return bootImage(image, { timeoutSeconds: 600, memoryMib: 64, cpus: 1, consoleLog, env, onNote, ...options });
  };
  return { result: await boot(), again: boot, notes, log: join(directory, name, "console.log"), cache };
}

describe.skipIf(qemu === undefined)("a KVM that lies (needs qemu-system-x86_64)", { concurrent: true }, () => {
  it("is found out while a machine runs, which is started again in software emulation", async () => {
    const { result, again, notes, log } = await bootWithLies("lying", true);
    expect(result).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const hung = "the machine said nothing for 60 s with KVM: it is started again in software emulation";
    expect(notes).toEqual([hung]);
    expect(await readFile(log, "utf8")).toContain("host login:");
    // The next boot knows.
    expect(await again()).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const why = "a machine had fallen silent with KVM, and the machine came up in software emulation";
    expect(notes.slice(1)).toEqual([`boots in software emulation: ${why}`]);
  });

  it("is found out by the trial guest, once until the host is booted again; to ask for it is a failure", async () => {
    const { result, notes, cache } = await bootWithLies("dead", false);
    expect(result).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const reason = notes.join().replace("boots in software emulation: ", "");
    // Where KVM is missing too, that is the reason.
    if (readKvmHost().device === "usable") expect(reason).toContain("a trial guest did not come through");
    expect(reason).not.toBe("");
    expect(await readdir(join(cache, "dibkit/accelerators"))).toEqual(["kvm-amd64.json"]);
    const asked = await bootWithLies("dead", false, { accelerator: "kvm" });
    const message = `KVM does not work here: ${reason}`;
    expect(asked.result).toMatchObject({ ok: false, error: { kind: "cannot-boot", message } });
  });

  it("of which an emulated processor locks up is started again with one, and given up when that does so too", async () => {
    const options = { accelerator: "tcg", cpus: 2 } as const;
    const { result, notes } = await bootWithLies("locking", false, options, LOCKING_QEMU);
    expect(result).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const again = "it is started again in software emulation with one processor";
    expect(notes).toEqual([`a processor of the machine had locked up in software emulation: ${again}`]);
    const consoleLog = join(directory, "stuck.log");
    const stuck = await bootImage(join(directory, "stuck.raw"), {
      timeoutSeconds: 600,
      memoryMib: 64,
      ...options,
      consoleLog,
    });
    const message = `the system did not come up: "${LOCKED_UP.replace("watchdog: ", "")}"`;
    expect(stuck).toMatchObject({ ok: false, error: { kind: "system-failed", message } });
  });

  it("that makes QEMU crash is no reason to give up either", async () => {
    const { result, again, notes } = await bootWithLies("crashing", true, {}, CRASHING_QEMU);
    expect(result).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const crash = "QEMU crashed (error: failed to set MSR 0x10a to 0x69) with KVM";
    expect(notes).toEqual([`${crash}: it is started again in software emulation`]);
    expect(await again()).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    const why = "QEMU had crashed with KVM, and the machine came up in software emulation";
    expect(notes.slice(1)).toEqual([`boots in software emulation: ${why}`]);
  });

  it("is not blamed for good by a caller in a hurry", async () => {
    const { result, notes, cache } = await bootWithLies("hurry", true, { stallSeconds: 59 });
    expect(result).toMatchObject({ ok: true, value: { accelerator: "tcg" } });
    expect(notes).toEqual(["the machine said nothing for 59 s with KVM: it is started again in software emulation"]);
    expect(await readFile(join(cache, "dibkit/accelerators/kvm-amd64.json"), "utf8")).toContain(
      '"proof":{"kind":"works"}',
    );
  });

  it("stalls a machine that was to run with nothing else", async () => {
    const { result } = await bootWithLies("stalls", true, { accelerator: "kvm", stallSeconds: 3 });
    const message =
      'nothing happened for 3 seconds while waiting for "login:" on the console; the console showed nothing';
    expect(result).toMatchObject({ ok: false, error: { kind: "stalled", message, console: [] } });
  });
});

const real = qemu === undefined || machine === undefined ? undefined : { program: qemu, machine };
const lies =
  real !== undefined &&
  readKvmHost().device === "usable" &&
  (await kvm.prove(real, { commands: createCommandRunner(), kvmHost: readKvmHost() })).kind === "fails";

describe.skipIf(!lies)(`KVM of this machine, which lies${lies ? "" : " (it works or is missing)"}`, () => {
  it("is found out while a machine runs", async () => {
    const cache = join(directory, "real");
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    // The proof is put there by hand, as it would keep the machine from being started with KVM.
    if (real !== undefined) openKeptProofs(readKvmHost(), env).keep(kvm, real, { kind: "works" });
    const notes: string[] = [];
    const result = await bootImage(image, {
      ...{ timeoutSeconds: 600, memoryMib: 64, cpus: 1, env, stallSeconds: 20 },
      consoleLog: join(directory, "real.log"),
      onNote: (note) => notes.push(note),
    });
    expect(result).toMatchObject({ ok: true });
    if (result.ok && result.value.accelerator === "tcg") expect(notes.join()).toContain("it is started again");
  });
});
