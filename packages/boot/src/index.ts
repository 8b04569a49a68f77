export type { BootFailure } from "./boot-failure.js";
export { type BootReport, bootImage } from "./boot-image.js";
export type { BootCheck, BootOptions, ConsoleExchange } from "./boot-options.js";
export { type HttpProbe, parseHttpProbe } from "./http-probe.js";
export { kvmProbe } from "./kvm-probe.js";
export { MACHINES, type Machine } from "./machine.js";
