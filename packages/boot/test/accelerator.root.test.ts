import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner, findProgram } from "@dibkit/exec";
import { afterAll, describe, expect, it } from "vitest";
import { ACCELERATORS, chooseAccelerator, proveAccelerator } from "../src/accelerator/choose-accelerator.js";
import { kvm } from "../src/accelerator/kvm.js";
import { readKvmHost } from "../src/accelerator/kvm-host.js";
import { kvmTrouble } from "../src/accelerator/kvm-trouble.js";
import { MACHINES } from "../src/machine.js";
import { AMD64_LISTING, AMD64_ORIGIN } from "../src/trial-guest/amd64-listing.js";
import { ARM64_LISTING, ARM64_ORIGIN } from "../src/trial-guest/arm64-listing.js";
import { assembleListing } from "../src/trial-guest/assemble-listing.js";
import { runTrialGuest } from "../src/trial-guest/run-trial-guest.js";
import { trialGuest } from "../src/trial-guest/trial-guest.js";

const commands = createCommandRunner();
const cache = mkdtempSync(join(tmpdir(), "dibkit-accelerator-"));
afterAll(() => rmSync(cache, { recursive: true }));
const context = { commands, env: { ...process.env, XDG_CACHE_HOME: cache } };

const emulators = MACHINES.map((machine) => ({ machine, program: findProgram(machine.tool.program, process.env) }));

describe.each(emulators)("$machine.tool.program", ({ machine, program = "" }) => {
  const emulator = { machine, program };

  describe.skipIf(program === "")(`the contract of accelerators${program === "" ? " (not installed)" : ""}`, () => {
    it.each(ACCELERATORS)("$name says whether a guest comes through, and why not", async (accelerator) => {
      const proof = await accelerator.prove(emulator, { commands, kvmHost: readKvmHost() });
      if (accelerator.name === "tcg") expect(proof).toEqual({ kind: "works" });
      if (proof.kind === "fails") expect([proof.reason, proof.help].every((text) => text !== "")).toBe(true);
      expect(["works", "fails"]).toContain(proof.kind);
    });

    it.each(ACCELERATORS)("$name ends its guest when it is aborted", async (accelerator) => {
      const signal = AbortSignal.abort();
      const proof = await accelerator.prove(emulator, { commands, kvmHost: readKvmHost(), signal });
      expect(proof).toEqual({ kind: "aborted" });
    });

    it.each(ACCELERATORS)("$name knows when there is no QEMU", async (accelerator) => {
      const proof = await accelerator.prove(
        { machine, program: join(cache, "qemu") },
        { commands, kvmHost: readKvmHost() },
      );
      expect(proof).toEqual({ kind: "no-qemu" });
    });

    it("auto takes KVM exactly where its proof says that it works, and kvm fails elsewhere with the reason", async () => {
      const proof = await proveAccelerator(kvm, emulator, context);
      const auto = await chooseAccelerator("auto", emulator, context);
      const forced = await chooseAccelerator("kvm", emulator, context);
      const trouble = await kvmTrouble(program, machine.tool.program.replace("qemu-system-", ""), context);
      if (proof.kind === "works") {
        expect(auto).toMatchObject({ value: { accelerator: { name: "kvm" }, instead: { name: "tcg" } } });
        expect(forced).toEqual({ ok: true, value: { accelerator: kvm } });
        expect(trouble).toBeUndefined();
      } else {
        const reason = proof.kind === "fails" ? proof.reason : "";
        expect(auto).toMatchObject({ value: { accelerator: { name: "tcg" }, why: reason } });
        expect(forced).toMatchObject({ ok: false, error: { message: `KVM does not work here: ${reason}` } });
        expect(trouble).toBe(reason);
      }
    });
  });
});

/** Changes of one instruction: each takes away one of the things that a guest needs. */
const broken: Readonly<Record<"amd64" | "arm64", readonly (readonly [string, RegExp, string])[]>> = {
  amd64: [
    ["no timer", /b0 fe e6 21/, "b0 ff e6 21"],
    ["interrupts stay off", /\n {2}fb .*/, ""],
    ["the page fault is not mended", /48 3d 00 00 40 00/, "48 3d 00 00 50 00"],
    ["paging stays off", /0d 00 00 01 80/, "0d 00 00 00 00"],
    ["another word", /"dibkit-guest-runs"/, '"dibkit"'],
  ],
  arm64: [
    ["no timer", /=d51be324 .*/, ""],
    ["interrupts stay off", /=d50342ff .*/, ""],
    ["the abort is not mended", /=f9000930 .*/, "=d503201f"],
  ],
};
const listings = { amd64: [AMD64_LISTING, AMD64_ORIGIN], arm64: [ARM64_LISTING, ARM64_ORIGIN] } as const;

describe.each(emulators)(
  "a guest that cannot come through is seen by $machine.tool.program",
  ({ machine, program }) => {
    const architecture = machine.architecture as keyof typeof broken;
    it.skipIf(program === undefined).each(broken[architecture])("%s", async (_, wanted, replacement) => {
      const [listing, origin] = listings[architecture];
      expect(listing).toMatch(wanted);
      const guest = {
        ...trialGuest(architecture),
        bytes: assembleListing(listing.replace(wanted, replacement), origin),
      };
      const emulator = { machine, program: program ?? "" };
      const outcome = await runTrialGuest(emulator, { accelerator: "tcg", seconds: 3, commands, guest });
      expect(outcome.kind).toBe("failed");
    });
  },
);
