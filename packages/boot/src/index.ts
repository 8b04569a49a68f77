/// <reference types="node" preserve="true" />
export { type AcceleratorWish, acceleratorWish } from "./accelerator/accelerator-wish.js";
export { kvmTrouble } from "./accelerator/kvm-trouble.js";
export type { BootFailure } from "./boot-failure.js";
export { bootImage } from "./boot-image.js";
export type { BootCheck, BootReport, ConsoleExchange } from "./boot-options.js";
export { type HttpProbe, parseHttpProbe } from "./http-probe.js";
export { kvmProbe } from "./kvm-probe.js";
export { MACHINES } from "./machine.js";
export { type LiveMachine, type LiveMachineOptions, startMachine } from "./session/live-machine.js";
export type { SessionAccess } from "./session/session-ways.js";
