export * from "./examine-host.js";
export * from "./find-program.js";
export * from "./host-probe.js";
export * from "./host-tools.js";
export * from "./install-packages.js";
