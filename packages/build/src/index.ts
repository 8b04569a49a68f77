export {};
export * from "./doctor/index.js";
export * from "./publish/index.js";
