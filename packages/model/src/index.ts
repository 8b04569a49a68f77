export * from "./catalog.js";
export * from "./diagnostic.js";
export * from "./element.js";
export * from "./phases.js";
export * from "./resolution.js";
export * from "./result.js";
export * from "./source-text.js";
export * from "./views/index.js";
