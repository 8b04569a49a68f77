/**
 * `@dibkit/model/resolution`: what it takes to find elements and to resolve them, and nothing else, for programs that
 * have to start at once. The whole of the package takes longer to load than most sets of elements to resolve.
 */
export * from "./catalog.js";
export * from "./elements-path.js";
export * from "./home-directory.js";
export * from "./installed-catalog.js";
export * from "./load-catalog.js";
export * from "./resolution.js";
export * from "./resolve.js";
export * from "./result.js";
export * from "./stats-at.js";
export * from "./system-trouble.js";
export * from "./upstream-changes.js";
export * from "./upstream-installation.js";
export { type NameEntry, nameList } from "./views/name-list.js";
