import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { bashCommand } from "../bash-command.js";
import type { CommandRunner } from "../command-runner.js";
import type { HostProbe, ProbeContext, ProbeOutcome } from "../doctor/host-probe.js";
import { findProgram } from "../find-program.js";
import { namespaceCommand } from "../namespace-command.js";
import { enterNamespace, type NamespaceEntry, namespaceEntry } from "./enter-namespace.js";
import { optionalText } from "./optional-text.js";
import { type SubordinateRange, subordinateRanges, thisUser } from "./subordinate-ids.js";

const PURPOSE = "build without being root";

/** What a user namespace for builds needs of the machine, in the order in which one thing needs the one before. */
export const namespaceNeeds: readonly HostProbe[] = [
  { name: "user namespaces", purpose: PURPOSE, probe: probeNamespaces },
  { name: "newuidmap", purpose: "give files of an image their owners", probe: probeHelpers },
  { name: "subordinate ids", purpose: "give files of an image their owners", probe: probeRanges },
  {
    ...{ name: "mapped ids", purpose: "give files of an image their owners", probe: probeMapping },
    after: ["user namespaces", "newuidmap", "subordinate ids"],
  },
  { name: "mounts", purpose: "mount what scripts need", after: ["mapped ids"], probe: probeMounts },
  { name: "proc and sys", purpose: "show scripts the kernel", after: ["mounts"], probe: probeKernelTrees },
  {
    ...{ name: "overlay of a user", purpose: "keep each script's effect as a layer", probe: probeOverlay },
    after: ["mounts"],
  },
];

/** How this process enters a user namespace. */
export async function findNamespaceEntry(runner: CommandRunner): Promise<NamespaceEntry> {
  const help = await runner.run(["unshare", "--help"]);
  return namespaceEntry(help.ok ? help.value.stdout : "");
}

/** The first of the needs that this machine does not meet, with what to do about it. */
export async function firstUnmetNeed(
  context: ProbeContext,
): Promise<(ProbeOutcome & { readonly name: string }) | undefined> {
  for (const { name, probe } of namespaceNeeds) {
    const outcome = await probe(context);
    if (outcome.status === "missing") return { name, ...outcome };
  }
  return undefined;
}

/** A setting of the kernel that rules user namespaces out, what it is then, and what to do. */
const SETTINGS = [
  {
    file: "/proc/sys/kernel/unprivileged_userns_clone",
    denies: "0",
    help: 'allow them with "sysctl kernel.unprivileged_userns_clone=1"',
  },
  {
    file: "/proc/sys/user/max_user_namespaces",
    denies: "0",
    help: 'allow some with "sysctl user.max_user_namespaces=10000"',
  },
  {
    file: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    denies: "1",
    help: 'give unshare an AppArmor profile with "userns,", or allow them to everybody with "sysctl kernel.apparmor_restrict_unprivileged_userns=0"',
  },
] as const;

const CONTAINER_HELP =
  "start the container with a seccomp profile that allows unshare, clone, mount and pivot_root (docker run --security-opt seccomp=FILE)";

function settingHelp(): string | undefined {
  return SETTINGS.find(({ file, denies }) => optionalText(file).trim() === denies)?.help;
}

async function probeNamespaces({ runner }: ProbeContext): Promise<ProbeOutcome> {
  const run = await runner.run(["unshare", "--user", "--map-root-user", "true"]);
  if (run.ok) return { status: "ok", found: "allowed" };
  return { status: "missing", found: run.error.tail.at(-1) ?? "refused", help: settingHelp() ?? CONTAINER_HELP };
}

async function probeHelpers({ env }: ProbeContext): Promise<ProbeOutcome> {
  if (thisUser().id === 0) return { status: "ok", found: "not needed by root" };
  const missing = ["newuidmap", "newgidmap"].filter((program) => findProgram(program, env) === undefined);
  if (missing.length === 0) return { status: "ok", found: "installed" };
  const help = 'have the package uidmap installed ("apt-get install uidmap"; elsewhere shadow-utils)';
  return { status: "missing", found: `no ${missing.join(" and no ")}`, help };
}

/** An image may use ids up to 65535, and its 0 is the user. */
const ENOUGH_IDS = 65_535;

async function probeRanges(): Promise<ProbeOutcome> {
  const user = thisUser();
  if (user.id === 0) return { status: "ok", found: "not needed by root" };
  const { users, groups } = subordinateRanges(user);
  const help = `have an administrator run "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user.name}", with a range that nobody has`;
  if (users === undefined || groups === undefined) {
    const file = users === undefined ? "/etc/subuid" : "/etc/subgid";
    return { status: "missing", found: `no line of "${user.name}" in ${file}`, help };
  }
  const least = Math.min(users.count, groups.count);
  const found = `${describe(users)} and ${describe(groups)}`;
  if (least >= ENOUGH_IDS) return { status: "ok", found };
  return { status: "limited", found: `only ${found}: an image may have no higher ids than ${least}`, help };
}

function describe({ first, count }: SubordinateRange): string {
  return `${count} from ${first}`;
}

async function probeMapping({ runner }: ProbeContext): Promise<ProbeOutcome> {
  const run = await runner.run(enterNamespace(["true"], await findNamespaceEntry(runner)));
  if (run.ok)
    return { status: "ok", found: thisUser().id === 0 ? "the ids that there are" : "root and the subordinate ids" };
  const found = run.error.tail.at(-1) ?? "refused";
  const locked = /^NoNewPrivs:\s*1$/m.test(optionalText("/proc/self/status"));
  // Root needs no helpers, and no setuid program gives it rights.
  if (thisUser().id === 0) {
    const help = "give the container the capabilities SETUID, SETGID and SETFCAP, and the ids 0 to 65535";
    return { status: "missing", found, help };
  }
  const help = locked
    ? "start it without no_new_privs (docker --security-opt no-new-privileges, Kubernetes allowPrivilegeEscalation: false)"
    : "see that newuidmap and newgidmap are setuid root, and that the ranges in /etc/subuid and /etc/subgid are this user's; in a container without SYS_ADMIN give them capabilities instead (chmod u-s, setcap cap_setuid+ep newuidmap, setcap cap_setgid+ep newgidmap)";
  return { status: "missing", found, help };
}

/** Runs a script as root of a new user namespace with mounts and processes of its own. */
async function runInside({ runner }: ProbeContext, script: string, ...words: readonly string[]) {
  const inside = namespaceCommand(bashCommand(script, "probe", ...words));
  return runner.run(enterNamespace(inside, await findNamespaceEntry(runner)));
}

const MOUNT = "mount -t tmpfs tmpfs /tmp";

/** Whether everything that builds cannot do without is there. */
export async function canMountInside(context: ProbeContext): Promise<boolean> {
  // Where it may make no namespace at all, unshare --map-auto leaves a process that waits for one for ever, with our streams.
  return (await probeNamespaces(context)).status === "ok" && (await runInside(context, MOUNT)).ok;
}

async function probeMounts(context: ProbeContext): Promise<ProbeOutcome> {
  const run = await runInside(context, MOUNT);
  if (run.ok) return { status: "ok", found: "allowed" };
  const help =
    settingHelp() ?? "see in the audit log whether AppArmor or SELinux refuses it; in a container allow mount";
  return { status: "missing", found: run.error.tail.at(-1) ?? "refused", help };
}

async function probeKernelTrees(context: ProbeContext): Promise<ProbeOutcome> {
  const proc = await runInside(context, "mount -t proc proc /proc");
  const sys = await runInside(context, "unshare --net mount -t sysfs -o ro none /sys");
  if (proc.ok && sys.ok) return { status: "ok", found: "mounted anew" };
  const masked = [...(proc.ok ? [] : ["/proc"]), ...(sys.ok ? [] : ["/sys"])].join(" and ");
  const help =
    "those of the container are shown instead; docker run --security-opt systempaths=unconfined unmasks them";
  return { status: "limited", found: `${masked} cannot be mounted`, help };
}

/** That the mount succeeds says nothing: where marks cannot be stored, a removed directory comes back. */
const OVERLAY_PROBE = `set -e
cd "$1"
mkdir lower upper work at lower/directory
touch lower/directory/file
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr at
rm -r at/directory
mkdir at/directory
umount at
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr at
[ ! -e at/directory/file ]
`;

async function probeOverlay(context: ProbeContext): Promise<ProbeOutcome> {
  const folder = await mkdtemp(join(context.scratch, "dibkit-doctor-"));
  const run = await runInside(context, OVERLAY_PROBE, folder);
  // Its work directory is root's in the namespace.
  await runInside(context, 'rm -rf -- "$1"', folder);
  await rm(folder, { recursive: true, force: true });
  if (run.ok) return { status: "ok", found: `works on ${context.scratch}` };
  const help =
    "put TMPDIR and the layer store on ext4, xfs or btrfs, not on another overlay, in a container on a volume; it needs Linux 5.11";
  return { status: "limited", found: `not on ${context.scratch}`, help };
}
