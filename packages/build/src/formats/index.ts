export { type CheckedFormats, checkFormats } from "./check-formats.js";
export { commitFormats } from "./commit-formats.js";
export type { FormatRequest, FormatUnit } from "./format.js";
export type { FormatFailure } from "./format-failure.js";
export { FORMATS } from "./formats.js";
export { type FormatSource, type WrittenFormat, writeFormats } from "./write-formats.js";
