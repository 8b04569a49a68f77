import type { BuildRequest } from "../job/build-request.js";
import type { LayerStore } from "../layers/layer-store.js";
import { knownStoreKey, storeKey } from "../layers/store-key.js";
import { readSecretKey } from "../remote/cache-keys.js";
import { sealingOf } from "../remote/sealing.js";

/**
 * What digests of secret values are made with: the project's key, so that keys of layers are the same on all machines,
 * else the store's own. Who only looks makes no key.
 */
export async function digestKey(
  request: Pick<BuildRequest, "cacheSecretKey">,
  store: LayerStore | undefined,
  readOnly = false,
): Promise<Buffer> {
  const project = readSecretKey(request);
  if (project.ok && project.value !== undefined) return sealingOf(project.value).valueKey;
  if (store === undefined) return Buffer.alloc(0);
  return readOnly ? knownStoreKey(store) : storeKey(store);
}
