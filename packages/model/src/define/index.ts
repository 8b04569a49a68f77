export type { Architecture } from "../architectures.js";
export * from "./bash.js";
export * from "./block-device-spec.js";
export { type CallSite, pathOfModule } from "./call-site.js";
export { debianMirror } from "./debian-mirror.js";
export * from "./define-config.js";
export * from "./define-element.js";
export { defineImage, type ImageDefinition, type ImageSpec, isImageDefinition } from "./define-image.js";
export {
  type AxisValue,
  type CellOf,
  defineMatrix,
  isMatrixDefinition,
  type MatrixAxes,
  type MatrixCell,
  type MatrixDefinition,
  type MatrixImage,
  type MatrixSpec,
  renderAxisValue,
} from "./define-matrix.js";
export * from "./definition-error.js";
export * from "./element-of.js";
export * from "./element-reference.js";
export * from "./element-spec.js";
export * from "./environment.js";
export * from "./file-content.js";
export type { JobSettings, PublishCommand } from "./job-settings.js";
export { hasLayout } from "./layout/lay-out.js";
export type * from "./lint-rules.js";
export * from "./map-spec.js";
export { forgetModuleTexts, moduleText } from "./module-text.js";
export * from "./package-spec.js";
export { readmeText } from "./readme-text.js";
export * from "./script.js";
export type * from "./script-rules.js";
export * from "./source-repository-spec.js";
export type * from "./spec-rules.js";
export * from "./standard-variables.js";
export * from "./test-element.js";
