import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Vitest's global setup of the end-to-end tests: one empty layer store for a whole run. The first test that builds on
 * Debian builds everything; those after it share the layers that are the same for all.
 */
export default function setup(): () => void {
  const store = mkdtempSync(join(tmpdir(), "dibkit-e2e-store-"));
  process.env.DIBKIT_E2E_STORE = store;
  return () => rmSync(store, { recursive: true, force: true });
}
