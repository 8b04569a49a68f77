import type { SharedEntry } from "./layer-image.js";
import type { Sealing } from "./sealing.js";

/** What is asked for: an entry of a key that may be used now. */
export interface WantedLayer {
  readonly key: string;
  /** `install.d/50-nginx`, for messages. */
  readonly step: string;
  /** Why an entry with that key cannot be used all the same; undefined when it can. */
  readonly whyNot: (entry: SharedEntry) => string | undefined;
  /** Take the place of what the store has under the key. */
  readonly replace: boolean;
  /** How it is sealed, because it could hold a secret; undefined: everybody may read it. */
  readonly sealing?: Sealing | undefined;
}
