import { AMD64_LISTING, AMD64_ORIGIN } from "./amd64-listing.js";
import { ARM64_LISTING, ARM64_ORIGIN } from "./arm64-listing.js";
import { assembleListing } from "./assemble-listing.js";

/** A program that only a machine that works brings to its end, and what it shows there. */
export interface TrialGuest {
  /** What QEMU's `-kernel` takes. */
  readonly bytes: Buffer;
  /** What QEMU needs beside it so that the guest can end it. */
  readonly devices: readonly string[];
  /** Exit code of QEMU when the guest came through. */
  readonly exitCode: number;
}

/** What the guest writes to the serial port as its last deed. */
export const TRIAL_WORD = "dibkit-guest-runs";

const guests: Readonly<Record<string, () => TrialGuest>> = {
  amd64: () => ({
    bytes: assembleListing(AMD64_LISTING, AMD64_ORIGIN),
    devices: ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
    exitCode: 33,
  }),
  arm64: () => ({ bytes: assembleListing(ARM64_LISTING, ARM64_ORIGIN), devices: [], exitCode: 0 }),
};

/** The guest for an architecture by Debian's name. Throws when there is none: each of `MACHINES` has one. */
export function trialGuest(architecture: string): TrialGuest {
  const guest = guests[architecture];
  if (guest === undefined) throw new Error(`there is no trial guest for architecture "${architecture}"`);
  return guest();
}
