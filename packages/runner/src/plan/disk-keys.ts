import { basename } from "node:path";
import { hasEfiLayout } from "@dibkit/model";
import type { BuildJob } from "../job/build-job.js";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import { type LayerKey, ownStepKey } from "../layers/layer-key.js";
import { formatRequest } from "./format-request.js";

/** Names under which misses of the two layers behind the tree are explained. */
export const DISK_STEP = "disk/populated";
export const OUTPUT_STEP = "formats/outputs";

type DiskInputs = Pick<BuildJob, "request" | "disk"> & {
  /** Names of the image's elements. */
  readonly elements: readonly { readonly name: string }[];
};

/** Key of the populated disk: the tree, and everything its size, layout and bytes come from. */
export function populatedDiskKey({ request, disk, elements }: DiskInputs, state: Pick<ImageState, "hash">): LayerKey {
  return ownStepKey({
    step: DISK_STEP,
    parent: state.hash,
    architecture: request.architecture,
    options: {
      disk: disk.source.text,
      // Times and what boot loaders write differ between the two ways.
      "disk way": disk.chosen.way,
      "disk parameters": JSON.stringify([disk.parameters, disk.environment]),
      size: JSON.stringify([request.imageSize, request.imageExtraSize, request.journalSize]),
      efi: String(hasEfiLayout(elements)),
      date: request.environment.SOURCE_DATE_EPOCH ?? "",
    },
  });
}

/**
 * Hash of the state that scripts find on a disk in files: the tree, the layout and the bytes of every device, all of which
 * `content` comes from, and the names of the devices.
 */
export function layeredDiskHash(content: string, environment: Readonly<Record<string, string>>): string {
  return hashText(JSON.stringify(["disk in files", content, environment]));
}

/** Key of the finished outputs: the disk, the formats, and `scripts`: the key of each script that runs on the disk. */
export function outputsKey(
  inputs: DiskInputs & Pick<BuildJob, "image">,
  state: Pick<ImageState, "hash">,
  scripts: Readonly<Record<string, string>>,
): LayerKey {
  const { request, image } = inputs;
  const options = {
    disk: populatedDiskKey(inputs, state).key,
    formats: JSON.stringify({ ...formatRequest(request, ""), name: basename(image) }),
  };
  const named = Object.fromEntries(Object.entries(scripts).map(([name, key]) => [`script ${name}`, key]));
  return ownStepKey({ step: OUTPUT_STEP, parent: state.hash, architecture: request.architecture, options, named });
}
