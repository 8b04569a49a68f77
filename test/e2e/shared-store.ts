import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leftovers, STORE_SIZE, whyNotBuild } from "./dibkit.js";

/**
 * Vitest's global setup of the end-to-end tests: one empty layer store for a whole run. The first test that builds on
 * Debian builds everything; those after it, or beside it, share the layers that are the same for all.
 */
export default function setup(): () => Promise<void> {
  const store = mkdtempSync(join(tmpdir(), "dibkit-e2e-store-"));
  process.env.DIBKIT_E2E_STORE = store;
  // All builds of a run would fill four times as much, and machines of CI systems have small disks.
  process.env.DIBKIT_CACHE_SIZE = STORE_SIZE;
  return async () => {
    const left = whyNotBuild() === undefined ? await leftovers(store) : [];
    if (left.length > 0) throw new Error(`builds have left these behind:\n${left.join("\n")}`);
    rmSync(store, { recursive: true, force: true });
  };
}
