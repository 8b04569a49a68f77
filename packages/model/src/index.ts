/// <reference types="node" preserve="true" />
export { planSeededDisk } from "./block-device/plan-seeded-disk.js";
export { seededUuid } from "./block-device/seeded-uuid.js";
export * from "./browser-core.js";
export * from "./define/index.js";
export * from "./elements-path.js";
export * from "./home-directory.js";
export * from "./installed-catalog.js";
export * from "./load-catalog.js";
export { type LoadFailure, loadDiagnostics, loadElement } from "./load-element.js";
export * from "./path-bytes.js";
export { readNamedFile } from "./read-named-file.js";
export { realPath } from "./real-path.js";
export * from "./stats-at.js";
export * from "./system-trouble.js";
export * from "./upstream-installation.js";
export * from "./write-element.js";
