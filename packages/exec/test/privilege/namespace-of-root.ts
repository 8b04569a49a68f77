import type { NamespaceEntry } from "../../src/privilege/enter-namespace.js";

/** The ids of the machine, as the map of its own user namespace has them. */
export const ALL_IDS = [{ first: 0, count: 4_294_967_295 }];

/** How root enters a user namespace, which has those of its ids that an image may use. */
export const NAMESPACE_OF_ROOT: NamespaceEntry = {
  mapsItself: false,
  user: 0,
  group: 0,
  ranges: { users: undefined, groups: undefined },
  mapped: { users: ALL_IDS, groups: ALL_IDS },
};
