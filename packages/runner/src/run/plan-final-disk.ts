import {
  computeImageSize,
  type DiskPlan,
  err,
  hasEfiLayout,
  ok,
  parseBlockDeviceGraph,
  planSeededDisk,
  type Result,
} from "@dibkit/model";
import { measureTree } from "../disk/copy-tree.js";
import type { BuildContext } from "../job/build-context.js";
import { TREE_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { BuildSession } from "./build-session.js";

/** Plans the disk again, now that the size of the tree is known. */
export async function planFinalDisk(
  context: BuildContext,
  session: BuildSession,
): Promise<Result<DiskPlan, BuildFailure>> {
  const { request, disk } = session.job;
  const used = await measureTree(TREE_DIRECTORY, context);
  if (!used.ok) {
    if (session.signal.aborted) return err({ kind: "interrupted" });
    return err({ kind: "stage-failed", message: used.error.message, tail: [] });
  }
  const number = (text: string | undefined) =>
    text === undefined || text === "" ? undefined : Number.parseFloat(text);
  const optional = <K extends string>(key: K, value: number | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
  const kib = computeImageSize(used.value, {
    ...optional("imageSize", number(request.imageSize)),
    ...optional("extraSize", number(request.imageExtraSize)),
    ...optional("journalSize", number(request.journalSize)),
    rootFilesystem: disk.environment.DIB_ROOT_FSTYPE ?? "ext4",
    efi: hasEfiLayout(session.elements),
  });
  const { config, diagnostics } = parseBlockDeviceGraph(disk.source);
  const planned = config && planSeededDisk(config, { ...disk.parameters, imageBytes: kib * 1024 });
  if (planned?.plan !== undefined) return ok(planned.plan);
  const reason = [...diagnostics, ...(planned?.diagnostics ?? [])].find(({ severity }) => severity === "error");
  return err({ kind: "stage-failed", message: reason?.message ?? "the disk cannot be planned", tail: [] });
}
