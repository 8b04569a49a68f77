import type { CommandRunner } from "@dibkit/exec";
import { openRegistryClient, parseRepository, renderRepository } from "@dibkit/registry";
import type { BuildRequest } from "../job/build-request.js";
import type { StepEntry } from "../job/layer.js";
import type { SharedEntry } from "./layer-image.js";
import { lookInto } from "./look-into.js";
import type { LayerKind } from "./oci-whiteouts.js";

/** A look into the registries of a request: the records of layers, and nothing is brought. */
export interface RemoteLook {
  find(
    key: string,
    whyNot: (entry: StepEntry) => string | undefined,
  ): Promise<{ readonly entry: StepEntry; readonly from: string } | undefined>;
  /** Why registries were not asked any more, one sentence for each. */
  readonly troubles: readonly string[];
  close(): void;
}

/** Undefined when a request takes nothing from registries. Its words have been checked. */
export function openRemoteLook(
  { cacheFrom = [], refresh, keepLayers = true, trustedKeys, environment: env }: BuildRequest,
  kind: LayerKind,
  commands: CommandRunner,
): RemoteLook | undefined {
  if (cacheFrom.length === 0 || refresh || !keepLayers) return undefined;
  const { signal } = new AbortController();
  const sources = cacheFrom.flatMap((word) => {
    const parsed = parseRepository(word);
    if (!parsed.ok) return [];
    const { repository } = parsed.value;
    const client = openRegistryClient(repository, { env, commands, signal });
    return [{ client, name: renderRepository(repository), off: false }];
  });
  const troubles: string[] = [];
  return {
    troubles,
    async find(key, whyNot) {
      for (const source of sources) {
        if (source.off) continue;
        const reason = (entry: SharedEntry) => (entry.kind === "step" ? whyNot(entry) : "it is of another kind");
        const found = await lookInto(source, { key, whyNot: reason }, { kind, trusted: trustedKeys });
        if (found.ok && found.value?.entry.kind === "step") return { entry: found.value.entry, from: source.name };
        if (found.ok || found.error.kind === "content") continue;
        source.off = true;
        troubles.push(`the cache ${source.name} ${found.error.message}; the plan does not know what is there`);
      }
      return undefined;
    },
    close: () => {
      for (const { client } of sources) client.close();
    },
  };
}
