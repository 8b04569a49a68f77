import type { HostTool } from "@dibkit/exec";
import type { DiskPlan, FilesystemNode } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import { fileUnitOf } from "./file-nodes.js";
import { FILESYSTEM_WRITERS } from "./filesystem-writers.js";

const MOUNT: readonly HostTool[] = ["mount", "umount"].map((program) => ({
  ...{ program, debianPackage: "mount", purpose: "show the image to its scripts" },
}));

/** What of a plan cannot be made in files alone. */
export function checkFiles(plan: DiskPlan): readonly DiskFailure[] {
  const mounted = mountedFilesystems(plan);
  const nodes = plan.nodes.flatMap((node) => {
    const reason = fileUnitOf(node).whyNot?.(node);
    return reason === undefined ? [] : [refusal(node.name, reason)];
  });
  const filesystems = mounted
    .filter(({ type }) => FILESYSTEM_WRITERS[type] === undefined)
    .map(({ name, type }) =>
      refusal(name, `filesystem "${name}" is ${type}, which cannot be written from a directory with all that it has`),
    );
  return [...nodes, ...filesystems];
}

/** Host programs for a plan. */
export function filesTools(plan: DiskPlan, repeatable: boolean): readonly HostTool[] {
  const writers = mountedFilesystems(plan).flatMap(({ type }) => FILESYSTEM_WRITERS[type] ?? []);
  return [
    ...MOUNT,
    ...plan.nodes.flatMap((node) => fileUnitOf(node).tools?.(node) ?? []),
    ...writers.flatMap(({ tools, repeatableTools = [] }) => (repeatable ? [...tools, ...repeatableTools] : tools)),
  ];
}

/** Swap is mounted nowhere, whatever a plan says of its mount point. */
function mountedFilesystems(plan: DiskPlan): readonly FilesystemNode[] {
  const bases = new Set(plan.nodes.flatMap((node) => (node.kind === "mount" ? [node.base] : [])));
  return plan.nodes.flatMap((node) =>
    node.kind === "mkfs" && bases.has(node.name) && node.type !== "swap" ? [node] : [],
  );
}

function refusal(node: string, reason: string): DiskFailure {
  const help = 'build with "--disk loop", as root on a machine with loop devices, or choose another layout';
  return { kind: "host-cannot", node, message: `${reason}, so it cannot be made in files alone`, help };
}
