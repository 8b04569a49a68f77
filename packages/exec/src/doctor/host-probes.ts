import { existsSync } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { INSTALL_UPSTREAM, upstreamInstallation } from "@dibkit/model";
import { namespaceCommand } from "../namespace-command.js";
import { inUserNamespace } from "../privilege/in-user-namespace.js";
import { missingPrivilege } from "../privilege/missing-privilege.js";
import { namespaceNeeds } from "../privilege/namespace-needs.js";
import type { HostProbe, ProbeContext, ProbeOutcome } from "./host-probe.js";
import { probeRpmHost } from "./rpm-host.js";

const GIB = 1024 ** 3;
/** What a small Debian image takes while it is built: the tree, its layers and the disk. */
const ENOUGH_SPACE = 6 * GIB;

const ofRoot: readonly HostProbe[] = [
  { name: "root", purpose: "make file trees and disks that belong to root", probe: probeRoot },
  { name: "namespaces", purpose: "keep mounts and processes of a build to itself", probe: probeNamespaces },
  { name: "overlayfs", purpose: "keep each script's effect as a layer", probe: probeOverlay },
  { name: "loop devices", purpose: "make partitions and filesystems in a disk image", probe: probeLoop },
];

const ofAnybody: readonly HostProbe[] = [
  { name: "upstream elements", purpose: "build on diskimage-builder's own elements", probe: probeUpstream },
  { name: "RPM distributions", purpose: "build fedora-minimal, centos-minimal and their like", probe: probeRpmHost },
  { name: "free space", purpose: "hold trees, layers and images", probe: probeSpace },
];

/**
 * What builds need of the machine itself, in the order in which one thing needs the one before. Root needs other things
 * than an ordinary user, who builds in a user namespace.
 */
export const hostProbes: readonly HostProbe[] = [
  ...(missingPrivilege() === undefined ? ofRoot : namespaceNeeds),
  ...ofAnybody,
];

async function probeRoot(): Promise<ProbeOutcome> {
  return { status: "ok", found: inUserNamespace() ? "root of a user namespace" : "running as root" };
}

async function probeNamespaces({ runner }: ProbeContext): Promise<ProbeOutcome> {
  const run = await runner.run(namespaceCommand(["true"]));
  if (run.ok) return { status: "ok", found: "mount and PID namespaces" };
  const help =
    "run as root; a container needs the capability SYS_ADMIN, and a seccomp and AppArmor profile that lets it mount (docker run --privileged)";
  return { status: "missing", found: run.error.tail.at(-1) ?? "refused", help };
}

async function probeOverlay({ runner, scratch }: ProbeContext): Promise<ProbeOutcome> {
  const folder = await mkdtemp(join(scratch, "dibkit-doctor-"));
  const script =
    'cd "$1" && mkdir a b c d && mount -t overlay overlay -o lowerdir=a,upperdir=b,workdir=c d && touch d/x && test -e b/x';
  const run = await runner.run(namespaceCommand(["sh", "-c", script, "sh", folder]));
  await rm(folder, { recursive: true, force: true });
  if (run.ok) return { status: "ok", found: `works on ${scratch}` };
  const help =
    "put TMPDIR and the layer store on ext4, xfs or tmpfs, not on another overlay; in a container on a volume";
  return { status: "limited", found: `not on ${scratch}`, help };
}

async function probeLoop({ runner }: ProbeContext): Promise<ProbeOutcome> {
  const help =
    "disks are made in files instead, which layouts with LVM are not; load the module (modprobe loop), or give a container /dev/loop-control and /dev/loop* (docker run --privileged)";
  if (!existsSync("/dev/loop-control")) return { status: "limited", found: "no /dev/loop-control", help };
  const run = await runner.run(["losetup", "--find"]);
  if (run.ok) return { status: "ok", found: `next free: ${run.value.stdout.trim()}` };
  // A build that finds the control takes loop devices, and fails.
  const asked = 'build with "--disk files", or free a loop device that nobody needs (losetup --list)';
  return { status: "missing", found: run.error.tail.at(-1) ?? "none free", help: asked };
}

async function probeUpstream({ env }: ProbeContext): Promise<ProbeOutcome> {
  const found = upstreamInstallation(env);
  if (found) return { status: "ok", found: `${found.version ?? "unknown version"} in ${found.elements}` };
  const looked = env.DIB_LIB ? `not in "${env.DIB_LIB}", which DIB_LIB names` : "not installed";
  return { status: "missing", found: looked, help: `${INSTALL_UPSTREAM}, or set DIB_LIB` };
}

async function probeSpace({ scratch }: ProbeContext): Promise<ProbeOutcome> {
  const { bavail, bsize } = await statfs(scratch);
  const found = `${((bavail * bsize) / GIB).toFixed(1)} GiB on ${scratch}`;
  if (bavail * bsize >= ENOUGH_SPACE) return { status: "ok", found };
  return {
    status: "limited",
    found,
    help: `free some space, or point TMPDIR at a bigger disk: 6 GiB are enough for a small image`,
  };
}
