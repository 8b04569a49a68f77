import type { Location } from "../diagnostic.js";
import type { BlockDeviceEntry } from "./block-device-entry.js";
import type { DiskParameters, DiskPlanNode } from "./disk-plan.js";
import type { Field } from "./field.js";
import type { Report } from "./finding.js";

/** What later nodes may stand on: the role a node plays for those above it. */
export type NodeRole =
  | "disk"
  | "partition"
  | "physical-volume"
  | "volume-group"
  | "logical-volume"
  | "filesystem"
  | "mount"
  | "none";

/** A node that another needs, and where the need is written. */
export interface Need {
  readonly name: string;
  readonly location: Location;
  /** Roles that make sense there; anything when missing. */
  readonly roles?: readonly NodeRole[];
}

/** One node of the dependency graph. An entry may stand for several (a partition table, LVM). */
export interface GraphNode {
  readonly name: string;
  readonly role: NodeRole;
  readonly words: string;
  readonly location: Location;
  /** Nodes that must be made before this one. */
  readonly after: readonly Need[];
  /** Nodes that must be made after this one. */
  readonly before?: readonly Need[];
  /** What is to be done for it; empty for nodes that only order others. Called in dependency order. */
  readonly plan: (context: PlanContext) => readonly DiskPlanNode[];
}

export interface PlanContext {
  readonly parameters: DiskParameters;
  /** The UUID of something, such as `mkfs root`; null: random when it is made. */
  readonly uuidOf: (purpose: string) => string | null;
  /** Bytes of a disk planned earlier; undefined while its size is not known. */
  readonly diskBytes: (name: string) => number | undefined;
  readonly blockSize: (name: string) => number;
  readonly report: Report;
}

export interface GraphContext {
  readonly entries: readonly BlockDeviceEntry[];
  /** All mount points in the order they are mounted. */
  readonly mountOrder: readonly string[];
}

/** A kind of block-device entry: its keys, its own checks, and the nodes it stands for. */
export interface NodeKind {
  readonly kind: string;
  readonly summary: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Findings that one entry shows by itself. Called only when its fields have the right types. */
  readonly check?: (entry: BlockDeviceEntry, report: Report) => void;
  readonly nodes: (entry: BlockDeviceEntry, context: GraphContext) => readonly GraphNode[];
}

export function defineNodeKind(kind: NodeKind): NodeKind {
  return kind;
}

/** The need for the node that `base` names. */
export function needOfBase(entry: BlockDeviceEntry, roles: readonly NodeRole[]): readonly Need[] {
  return [{ name: String(entry.values.base), location: entry.locate(["base"]), roles }];
}
