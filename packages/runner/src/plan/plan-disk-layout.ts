import { readFileSync } from "node:fs";
import {
  type BlockDeviceGraph,
  chooseBlockDevices,
  computeImageSize,
  type Diagnostic,
  type DiskParameters,
  type DiskPlan,
  type Element,
  hasEfiLayout,
  parseBlockDeviceGraph,
  planSeededDisk,
  rootMkfsOptions,
  type SourceText,
  upstreamHas,
} from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";

export interface DiskLayout {
  readonly source: SourceText;
  readonly parameters: DiskParameters;
  readonly plan: DiskPlan;
}

export interface PlannedDiskLayout {
  /** Undefined when something in the configuration is wrong. */
  readonly layout: DiskLayout | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Chooses and checks the block-device configuration; sizes are not known yet. */
export function planDiskLayout(request: BuildRequest, elements: readonly Element[], seed: string): PlannedDiskLayout {
  const { environment, architecture } = request;
  const read = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };
  const chosen = chooseBlockDevices(environment.DIB_BLOCK_DEVICE_CONFIG, elements, architecture, read);
  if (!chosen.ok) {
    const message = `the file "${chosen.error.path}" that DIB_BLOCK_DEVICE_CONFIG names cannot be read`;
    return { layout: undefined, diagnostics: [{ code: "block-device-config", severity: "error", message }] };
  }
  const { source } = chosen.value;
  const { config, diagnostics } = parseBlockDeviceGraph(source);
  if (config === undefined) return { layout: undefined, diagnostics };
  // The type of the root filesystem decides its default options, and only the plan knows the type.
  const first = planSeededDisk(config, rootParameters(request, seed));
  const type = first.plan?.environment.DIB_ROOT_FSTYPE;
  const parameters = rootParameters(request, seed, type);
  const { plan, diagnostics: more } = planSeededDisk(config, parameters);
  const all = [
    ...diagnostics,
    ...more,
    ...(plan === undefined ? [] : checkGivenSize(config, parameters, request, elements)),
  ];
  return { layout: plan && { source, parameters, plan }, diagnostics: all };
}

/** With a size that the user gives, it can be said before anything runs whether everything fits. */
function checkGivenSize(
  config: BlockDeviceGraph,
  parameters: DiskParameters,
  { imageSize }: BuildRequest,
  elements: readonly Element[],
): readonly Diagnostic[] {
  const size = Number(imageSize ?? "");
  if (!(size > 0)) return [];
  // Other than the size itself only room for an EFI partition is added.
  const kib = computeImageSize(0, { imageSize: size, rootFilesystem: "", efi: hasEfiLayout(elements) });
  const { plan, diagnostics } = planSeededDisk(config, { ...parameters, imageBytes: kib * 1024 });
  return plan === undefined ? diagnostics : [];
}

function rootParameters(request: BuildRequest, seed: string, rootType?: string): DiskParameters {
  const { environment, journalSize, maxOnlineResize, mkfsOptions, rootLabel, upstreamVersion } = request;
  const type = rootType === undefined || rootType === "" ? environment.FS_TYPE || "ext4" : rootType;
  const readsBlockSize = upstreamHas("blockSize", upstreamVersion);
  const blockSize = readsBlockSize ? Number.parseInt(environment.DIB_BLOCK_SIZE ?? "", 10) : 512;
  const options = rootMkfsOptions({
    rootFilesystem: type,
    ...(mkfsOptions === undefined ? {} : { mkfsOptions }),
    ...(journalSize === undefined ? {} : { journalSize: Number(journalSize) }),
    ...(maxOnlineResize === undefined ? {} : { maxOnlineResize: Number(maxOnlineResize) }),
    ...(environment.DIB_RELEASE === undefined ? {} : { release: environment.DIB_RELEASE }),
  });
  return {
    seed,
    volumeSizesInUnits: upstreamHas("volumeSizesInUnits", upstreamVersion),
    rootFilesystem: environment.FS_TYPE || "ext4",
    ...(rootLabel === undefined || rootLabel === "" ? {} : { rootLabel }),
    ...(options === undefined ? {} : { rootMkfsOptions: options }),
    ...(Number.isNaN(blockSize) ? {} : { blockSize }),
  };
}
