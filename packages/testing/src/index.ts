/// <reference types="node" preserve="true" />
/** Tests of images, finished and running, for every test runner. */
export type { Account, PasswordState } from "./accounts.js";
export { boot, type MachineOptions } from "./boot.js";
export type { ExpectedFile } from "./expect-file.js";
export { type ExpectedAccount, expectImage, type ImageExpectation } from "./expect-image.js";
export type { SizeBudget } from "./expect-sizes.js";
export type { Image } from "./image.js";
export { ImageMismatch, UnknownFact } from "./image-mismatch.js";
export { type Listener, listeners } from "./listeners.js";
export type { CommandRun, CommandRunOptions, Machine } from "./machine.js";
export { MachineTrouble } from "./machine-trouble.js";
export { type BuildReference, openImage } from "./open-image.js";
export { cloudReady } from "./policies/cloud-ready.js";
export { hardened } from "./policies/hardened.js";
export { healthy } from "./policies/healthy.js";
export { type Breach, type Check, type Finding, type Policy, type PolicyBody, policy } from "./policy.js";
export { type Secret, secretsOf } from "./secrets.js";
export { type SshdSetting, sshdSettings } from "./sshd-settings.js";
export { type Builder, type Trace, thisBuilder, tracesOf } from "./traces.js";
