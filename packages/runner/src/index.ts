/// <reference types="node" preserve="true" />
export { copyTree } from "./disk/copy-tree.js";
export { checkFormats } from "./formats/check-formats.js";
export { commitFormats } from "./formats/commit-formats.js";
export { neededSocket } from "./formats/docker-daemon.js";
export type { FormatUnit } from "./formats/format.js";
export { type FormatFailure, notWritable } from "./formats/format-failure.js";
export { FORMATS } from "./formats/formats.js";
export { partialName } from "./formats/partial-file.js";
export type { WrittenFormat } from "./formats/write-formats.js";
export { renderHostView } from "./host/host-view.js";
export { contentStore } from "./host/network/content-store.js";
export { readHost } from "./host/read-host.js";
export { SUDO_SCRIPT } from "./host/sudo-sh.js";
export type { BuildEvent, StepLabel } from "./job/build-event.js";
export type { BuildFailure, BuildJob, BuildOutcome } from "./job/build-job.js";
export {
  type BuildLock,
  canBeLocked,
  FETCH_KINDS,
  type FetchKind,
  type LockedRequest,
  requestKey,
} from "./job/build-lock.js";
export type { BuildRecord } from "./job/build-record.js";
export type { BuildRequest } from "./job/build-request.js";
export type { BuildTimeline, TimelineStep } from "./job/build-timeline.js";
export type { DiskChange } from "./job/disk-change.js";
export type { Fetched } from "./job/fetched.js";
export { aptIndexOf, type LayerEntry } from "./job/layer.js";
export { outputFingerprint } from "./job/output-fingerprint.js";
export { isPublished, PUBLISHED_VARIABLES } from "./job/published-variables.js";
export { isWhiteout } from "./job/whiteout.js";
export { namesImage, newestBuild, type PastBuild } from "./layers/build-history.js";
export { collectGarbage, type Garbage } from "./layers/collect-garbage.js";
export { describeLayer, type LayerDescription } from "./layers/describe-layer.js";
export { ingredientDiff } from "./layers/ingredient-texts.js";
export { type ContentsSize, contentsDirectory, contentsSize, pruneContents } from "./layers/kept-contents.js";
export { changedIngredients } from "./layers/layer-key.js";
export { type LayerStore, layerStoreAt, openLayerStore } from "./layers/layer-store.js";
export { layerKind } from "./layers/open-layer-trees.js";
export { type OverlayMark, overlayMarks } from "./layers/overlay-marks.js";
export { pruneStore, type UsedLayer, usedLayers } from "./layers/prune-store.js";
export { verifyStore } from "./layers/verify-store.js";
export { formatRequest } from "./plan/format-request.js";
export { imageArguments } from "./plan/image-list/image-arguments.js";
export { mergeImageEntries } from "./plan/image-list/merge-image-entries.js";
export { readImageFile } from "./plan/image-list/read-image-file.js";
export { type BuildPlan, planBuild } from "./plan/plan-build.js";
export type { PlanDocument, PlannedStep } from "./plan/plan-document.js";
export type { PredictedStep } from "./plan/predict-steps.js";
export { buildRequest } from "./plan/request-from-flags.js";
export { stepName } from "./plan/script-step.js";
export { sourceDate } from "./plan/source-date.js";
export { readTrustedKeys } from "./remote/cache-keys.js";
export { listRemoteLayers } from "./remote/list-remote.js";
export { withRemote } from "./remote/open-remote.js";
export { pushLayers } from "./remote/push-layers.js";
export { pushLock } from "./remote/push-lock.js";
export { parseDay, unusedLayers } from "./remote/unused-layers.js";
export { whyRemote } from "./remote/why-remote.js";
export { findMoment, openShell, stateAt } from "./run/open-shell.js";
export { type BuildWatcher, type StartableBuild, startBuild } from "./run/start-build.js";
