/** Where the scripts of a phase run: on the build host, or chrooted into the image. */
export type PhaseSide = "host" | "target";

/**
 * What a phase finds: the `tree`, before there is a disk; `beside` the finished tree, with nothing mounted at the target;
 * the mounted final `disk`.
 */
type PhaseGround = "tree" | "beside" | "disk";

/** One phase of a diskimage-builder build. The single source for types, lint, plan and docs. */
export interface Phase {
  /** Directory name in an element, such as `install.d`. */
  readonly name: string;
  readonly side: PhaseSide;
  readonly summary: string;
  /** What there is to work on when the phase runs. */
  readonly worksOn: PhaseGround;
  /** Whether package-installs may name this phase. */
  readonly installsPackages: boolean;
  /** Whether upstream exports `TARGET_ROOT` to the scripts of this phase. */
  readonly hasTargetRoot: boolean;
}

/** Every phase, in the order upstream's `disk-image-create` runs them (diskimage_builder/lib/disk-image-create). */
export const PHASES = [
  {
    name: "root.d",
    side: "host",
    summary: "creates or adapts the initial root filesystem",
    worksOn: "tree",
    installsPackages: false,
    hasTargetRoot: true,
  },
  {
    name: "extra-data.d",
    side: "host",
    summary: "copies data from the build host into the hooks directory or the image",
    worksOn: "tree",
    installsPackages: false,
    hasTargetRoot: false,
  },
  {
    name: "pre-install.d",
    side: "target",
    summary: "prepares the image before packages are installed",
    worksOn: "tree",
    installsPackages: true,
    hasTargetRoot: false,
  },
  {
    name: "install.d",
    side: "target",
    summary: "installs packages and configures the image",
    worksOn: "tree",
    installsPackages: true,
    hasTargetRoot: false,
  },
  {
    name: "post-install.d",
    side: "target",
    summary: "runs after all packages are installed",
    worksOn: "tree",
    installsPackages: true,
    hasTargetRoot: false,
  },
  {
    name: "post-root.d",
    side: "host",
    summary: "works on the finished root tree before the disk is made",
    worksOn: "tree",
    installsPackages: false,
    hasTargetRoot: false,
  },
  {
    name: "block-device.d",
    side: "host",
    summary: "makes the block device itself (legacy; replaced by block-device configuration)",
    worksOn: "beside",
    installsPackages: false,
    hasTargetRoot: false,
  },
  {
    name: "pre-finalise.d",
    side: "host",
    summary: "works on the mounted final disk from outside",
    worksOn: "disk",
    installsPackages: false,
    hasTargetRoot: false,
  },
  {
    name: "finalise.d",
    side: "target",
    summary: "runs on the mounted final disk, for boot loaders and the like",
    worksOn: "disk",
    installsPackages: false,
    hasTargetRoot: false,
  },
  {
    name: "cleanup.d",
    side: "host",
    summary: "removes what only the build needed",
    worksOn: "disk",
    installsPackages: false,
    hasTargetRoot: true,
  },
] as const satisfies readonly Phase[];

export type PhaseName = (typeof PHASES)[number]["name"];
export type TargetPhaseName = Extract<(typeof PHASES)[number], { side: "target" }>["name"];
export type HostPhaseName = Extract<(typeof PHASES)[number], { side: "host" }>["name"];
export type PackagePhaseName = Extract<(typeof PHASES)[number], { installsPackages: true }>["name"];

const phaseByName: ReadonlyMap<string, Phase> = new Map(PHASES.map((phase) => [phase.name, phase]));

/** The phases that find the same, in the order in which they run. */
export function phasesOn(ground: PhaseGround): readonly Phase[] {
  return PHASES.filter(({ worksOn }) => worksOn === ground);
}

/** The row of a phase directory, such as `install.d`; undefined for another name. */
export function findPhase(name: string): Phase | undefined {
  return phaseByName.get(name);
}

/** Names run-parts will execute (upstream's default `RUN_PARTS_REGEX`). A `.sh` suffix is silently skipped. */
export const HOOK_SCRIPT_NAME = /^[0-9A-Za-z_-]+$/;

/** Names of `environment.d` files that are sourced (upstream's dib-run-parts); unlike scripts they may have dots. */
export const ENVIRONMENT_FILE_NAME = /^[0-9A-Za-z_.-]+$/;
