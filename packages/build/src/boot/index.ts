export { type AcceleratorWish, acceleratorWish, acceleratorWishes } from "./accelerator/accelerator-wish.js";
export { kvmTrouble } from "./accelerator/kvm-trouble.js";
export type { BootFailure } from "./boot-failure.js";
export { type BootCheck, type BootOptions, type BootReport, bootImage, type ConsoleExchange } from "./boot-image.js";
export { type HttpProbe, parseHttpProbe } from "./http-probe.js";
export { MACHINES, type Machine } from "./machine.js";
