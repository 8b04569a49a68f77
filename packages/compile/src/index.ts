export { type CollectedDefinitions, collectDefinitions } from "./load/collect-definitions.js";
export { CONFIG_FILE, findConfig } from "./load/entry-modules.js";
export { type LoadedDefinitions, type LoadOptions, loadDefinitions } from "./load/load-definitions.js";
