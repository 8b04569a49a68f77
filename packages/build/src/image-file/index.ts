export { imageArguments } from "./image-arguments.js";
export { mergeImageEntries } from "./merge-image-entries.js";
export { type ImageFileContent, readImageFile } from "./read-image-file.js";
