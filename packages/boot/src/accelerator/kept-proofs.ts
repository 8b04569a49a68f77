import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Emulator } from "../trial-guest/run-trial-guest.js";
import { trialGuest } from "../trial-guest/trial-guest.js";
import type { Accelerator, Proof } from "./accelerator.js";
import type { KvmHost } from "./kvm-host.js";

/** Proofs of earlier boots of images, which hold until the host is booted again. */
export interface KeptProofs {
  readonly find: (accelerator: Accelerator, emulator: Emulator) => Proof | undefined;
  readonly keep: (accelerator: Accelerator, emulator: Emulator, proof: Proof) => void;
}

/** In `dibkit/accelerators` of the user's cache directory. Where that cannot be read or written nothing is kept. */
export function openKeptProofs(host: KvmHost, env: Readonly<Record<string, string | undefined>>): KeptProofs {
  const cache = env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  const pathOf = (accelerator: Accelerator, { machine }: Emulator) =>
    join(cache, "dibkit", "accelerators", `${accelerator.name}-${machine.architecture}.json`);
  return {
    find(accelerator, emulator) {
      const conditions = conditionsOf(host, emulator);
      if (conditions === undefined) return undefined;
      try {
        const kept = JSON.parse(readFileSync(pathOf(accelerator, emulator), "utf8")) as Record<string, unknown>;
        return JSON.stringify(kept.conditions) === JSON.stringify(conditions) ? (kept.proof as Proof) : undefined;
      } catch {
        return undefined;
      }
    },
    keep(accelerator, emulator, proof) {
      const conditions = conditionsOf(host, emulator);
      if (conditions === undefined || !(proof.kind === "works" || (proof.kind === "fails" && proof.lasting))) return;
      const path = pathOf(accelerator, emulator);
      try {
        mkdirSync(dirname(path), { recursive: true });
        // Written beside it and put in its place when whole, as somebody may be reading.
        writeFileSync(`${path}.${process.pid}`, JSON.stringify({ conditions, proof }));
        renameSync(`${path}.${process.pid}`, path);
      } catch {
        // The next boot then tries again, which takes a second where KVM works.
      }
    },
  };
}

/** Everything a proof depends on; undefined when the host does not tell its boots apart. */
function conditionsOf({ bootId, device, modules }: KvmHost, { program, machine }: Emulator) {
  if (bootId === undefined) return undefined;
  const stat = statSync(program, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const guest = createHash("sha256").update(trialGuest(machine.architecture).bytes).digest("hex");
  return { bootId, device, modules, program, size: stat.size, modified: stat.mtimeMs, guest };
}
