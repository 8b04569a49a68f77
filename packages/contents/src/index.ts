/// <reference types="node" preserve="true" />
export { snapshotContents } from "./archive-contents.js";
export { type AuditFinding, auditImage, type ImageAudit } from "./audit/audit-image.js";
export { elementVexFiles, readVex, type VexStatement } from "./audit/read-vex.js";
export { type BlameEntry, blame, type OwningPackage, packageOwner } from "./blame.js";
export { chromeTrace } from "./chrome-trace.js";
export {
  compareImages,
  type FileDifference,
  type ImageDifference,
  isSame,
  type ValueDifference,
} from "./compare-images.js";
export { fetchedBySteps, type StepFetches } from "./fetched-by-steps.js";
export { findBuild } from "./find-build.js";
export { contentOf, type ImageContents, type ImageFile } from "./image-contents.js";
export { unpackImageFile, withImageFile } from "./image-file-contents.js";
export { kernelArguments } from "./kernel-arguments.js";
export { layerContents } from "./layer-contents.js";
export { compareLocks, comparePackages, lockMismatches } from "./lock/compare-locks.js";
export { lockedRequests, parseLock, renderLock } from "./lock/lock-file.js";
export { lockedPackages, makeLock } from "./lock/make-lock.js";
export { type ImageSizes, measureSizes, type SizeEntry } from "./measure-sizes.js";
export { installedPackages, isPackageData, missingReaders, packageOwners } from "./packages/installed-packages.js";
export { pastTimeline } from "./past-timeline.js";
export { parseEnvelopes, signStatement } from "./provenance/dsse-envelope.js";
export { imageSubjects } from "./provenance/image-subjects.js";
export { PREDICATE_TYPE, provenanceStatement } from "./provenance/provenance-statement.js";
export { envelopesAbout, type ImageVerification, verifyImage } from "./provenance/verify-image.js";
export { type DiskSnapshot, readDisk } from "./read/read-disk.js";
export { readInitramfs } from "./read/read-initramfs.js";
export { readTree } from "./read/read-tree.js";
export type { TreeEntry, TreeSnapshot } from "./read/tree-snapshot.js";
export type { BillRequest } from "./sbom/bill-of-materials.js";
export { cyclonedxDocument } from "./sbom/cyclonedx.js";
export { type ImagePackages, type ImageParts, imagePackages, imageParts } from "./sbom/image-parts.js";
export { spdxDocument } from "./sbom/spdx.js";
export { sizePage } from "./size-page.js";
export { sizeTree } from "./size-tree.js";
export { systemdUnits } from "./systemd-units.js";
export { tracePage } from "./trace-page.js";
export { traceRows, traceSummary } from "./trace-slices.js";
export type { InputChange } from "./why/compare-inputs.js";
export type { StepDifference } from "./why/compare-steps.js";
export { type WhyDifferent, whyDifferent } from "./why/why-different.js";
