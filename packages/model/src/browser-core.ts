/**
 * `@dibkit/model/core`: what an element is and what its files say, without reading a file or asking the machine. It runs
 * in a browser too: nothing that it stands on imports from `node:`.
 */
export { applyReplacements } from "./apply-replacements.js";
export * from "./architectures.js";
export * from "./block-device/index.js";
export * from "./build-flags.js";
export * from "./catalog.js";
export * from "./checksum-algorithms.js";
export * from "./compare-versions.js";
export * from "./dependency-closure.js";
export * from "./diagnostic.js";
export * from "./distributions.js";
export * from "./element.js";
export * from "./json-of.js";
export * from "./nearest-name.js";
export * from "./output-formats.js";
export * from "./package-map.js";
export * from "./phases.js";
export * from "./posix-path.js";
export * from "./read-json.js";
export * from "./resolution.js";
export * from "./resolve.js";
export * from "./result.js";
export * from "./run-parts-order.js";
export * from "./schemas/index.js";
export * from "./secret-variable.js";
export * from "./source-text.js";
export * from "./text-elements.js";
export * from "./upstream-changes.js";
export * from "./views/index.js";
export * from "./when-condition.js";
