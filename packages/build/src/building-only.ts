/**
 * `@dibkit/build/building`: what it takes to plan and run builds and to open the layer store, and nothing else, for
 * commands that must answer at once. The same names are in `@dibkit/build`.
 */
export { newestBuild, type PastBuild } from "./layers/build-history.js";
export { type LayerStore, layerStoreAt } from "./layers/layer-store.js";
export { checkVariables } from "./plan/check-variables.js";
export { type MissingPrivilege, missingPrivilege } from "./plan/missing-privilege.js";
export { planBuild } from "./plan/plan-build.js";
export { buildRequest } from "./plan/request-from-flags.js";
export { findMoment, openShell, stateAt } from "./run/open-shell.js";
export { startBuild } from "./run/start-build.js";
