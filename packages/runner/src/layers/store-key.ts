import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerStore } from "./layer-store.js";

const BYTES = 32;

/**
 * A random number of the store, readable by its owner only. Secrets are in layer keys as digests made with it, so that
 * nobody who sees a key can try passwords against it.
 */
export async function storeKey(store: LayerStore): Promise<Buffer> {
  const file = join(store.directory, "secret.key");
  const known = await readFile(file).catch(() => undefined);
  if (known?.length === BYTES) return known;
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, randomBytes(BYTES), { mode: 0o600 });
  // Of two builds that begin at once one makes it, and both use that one.
  if (known === undefined) await link(temporary, file).catch(ignoreExisting);
  else await writeFile(file, await readFile(temporary), { mode: 0o600 });
  await rm(temporary, { force: true });
  return readFile(file);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
