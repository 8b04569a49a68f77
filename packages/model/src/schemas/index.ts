export * from "./block-device-schema.js";
export * from "./check-schema.js";
export * from "./image-file-schema.js";
export * from "./lock-schema.js";
export * from "./package-installs-schema.js";
export * from "./pkg-map-schema.js";
export * from "./schemas.js";
export type { JsonSchema, Shape, TypeOf } from "./shape.js";
export * from "./svc-map-schema.js";
