export * from "./boot/index.js";
export * from "./disk/index.js";
export * from "./doctor/index.js";
export * from "./exec/command-runner.js";
export * from "./formats/index.js";
export * from "./publish/index.js";
