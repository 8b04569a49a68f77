import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OrdinaryRun, type OrdinaryUser, ordinaryUser } from "./ordinary-user.js";
import { makeUserWithIds, type UserWithIds, whyNoUser } from "./user-with-ids.js";

/** In this order, because each needs some of those before it. */
const NEEDS = [
  "user namespaces",
  "newuidmap",
  "subordinate ids",
  "mapped ids",
  "mounts",
  "proc and sys",
  "overlay of a user",
];

const NOTHING_MAPPED = [
  'mounts: missing: see "mapped ids"',
  'proc and sys: missing: see "mounts"',
  'overlay of a user: missing: see "mounts"',
];
const NO_NAMESPACE = ['mapped ids: missing: see "user namespaces"', ...NOTHING_MAPPED];
const NO_MOUNTS = NOTHING_MAPPED.slice(1);

/** A setting that this kernel need not have, with the file that `setpriv` reads beside it. */
const setting = (name: string, value: string) => [
  "highest=$(cat /proc/sys/kernel/cap_last_cap)",
  "mount -t tmpfs settings /proc/sys/kernel",
  'echo "$highest" > /proc/sys/kernel/cap_last_cap',
  `echo ${value} > /proc/sys/kernel/${name}`,
];

describe.skipIf(whyNoUser())("what doctor tells an ordinary user about builds", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-rootless-doctor-"));
  let user: UserWithIds;
  let program: OrdinaryUser;

  /** Every need that is not met, with its remedy. */
  const unmet = async (who: OrdinaryUser, more: Partial<OrdinaryRun> = {}): Promise<readonly string[]> => {
    const env = { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin", HOME: user.home, ...more.env };
    const run = await who.run(["doctor", "--format", "json"], { cwd: user.home, ...more, env });
    const { probes } = JSON.parse(run.stdout) as {
      probes: readonly { name: string; status: string; help?: string }[];
    };
    const asked = probes.slice(0, NEEDS.length);
    expect(asked.map(({ name }) => name)).toEqual(NEEDS);
    return asked
      .filter(({ status }) => status !== "ok")
      .map(({ name, status, help }) => `${name}: ${status}: ${help ?? ""}`);
  };

  beforeAll(() => {
    chmodSync(scratch, 0o755);
    user = makeUserWithIds(scratch);
    program = ordinaryUser(scratch, user);
    for (const name of ["subuid", "subgid"]) writeFileSync(join(scratch, name), `${user.name}:300000:1000\n`);
    for (const name of ["lower", "upper", "work", "overlay"]) mkdirSync(join(scratch, name));
  });
  afterAll(() => {
    user?.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  test.each<[string, Partial<OrdinaryRun> | (() => Partial<OrdinaryRun>), readonly string[]]>([
    ["nothing is missing", {}, []],
    [
      "a seccomp profile forbids namespaces",
      { forbidden: ["unshare"] },
      [
        "user namespaces: missing: start the container with a seccomp profile that allows unshare, clone, mount and pivot_root (docker run --security-opt seccomp=FILE)",
        ...NO_NAMESPACE,
      ],
    ],
    [
      "a Debian of old does",
      { forbidden: ["unshare"], mounts: setting("unprivileged_userns_clone", "0") },
      ['user namespaces: missing: allow them with "sysctl kernel.unprivileged_userns_clone=1"', ...NO_NAMESPACE],
    ],
    [
      "there may be none",
      { noMoreNamespaces: true },
      ['user namespaces: missing: allow some with "sysctl user.max_user_namespaces=10000"', ...NO_NAMESPACE],
    ],
    [
      "AppArmor allows nothing in them, as in Ubuntu",
      { forbidden: ["mount"], mounts: setting("apparmor_restrict_unprivileged_userns", "1") },
      [
        'mounts: missing: give unshare an AppArmor profile with "userns,", or allow them to everybody with "sysctl kernel.apparmor_restrict_unprivileged_userns=0"',
        ...NO_MOUNTS,
      ],
    ],
    [
      "something else allows no mounts in them",
      { forbidden: ["mount"] },
      [
        "mounts: missing: see in the audit log whether AppArmor or SELinux refuses it; in a container allow mount",
        ...NO_MOUNTS,
      ],
    ],
    [
      "the helpers are not installed",
      { mounts: ["mount --bind /dev/null /usr/bin/newuidmap", "mount --bind /dev/null /usr/bin/newgidmap"] },
      [
        'newuidmap: missing: have the package uidmap installed ("apt-get install uidmap"; elsewhere shadow-utils)',
        'mapped ids: missing: see "newuidmap"',
        ...NOTHING_MAPPED,
      ],
    ],
    [
      "a helper may do no more than the user",
      () => {
        const copy = join(scratch, "newuidmap");
        return {
          mounts: [`cp /usr/bin/newuidmap ${copy}`, `chmod 755 ${copy}`, `mount --bind ${copy} /usr/bin/newuidmap`],
        };
      },
      [
        "mapped ids: missing: see that newuidmap and newgidmap are setuid root, and that the ranges in /etc/subuid and /etc/subgid are this user's; in a container without SYS_ADMIN give them capabilities instead (chmod u-s, setcap cap_setuid+ep newuidmap, setcap cap_setgid+ep newgidmap)",
        ...NOTHING_MAPPED,
      ],
    ],
    [
      "setuid programs give no rights",
      { noNewPrivileges: true },
      [
        "mapped ids: missing: start it without no_new_privs (docker --security-opt no-new-privileges, Kubernetes allowPrivilegeEscalation: false)",
        ...NOTHING_MAPPED,
      ],
    ],
    [
      "the range of ids is short",
      () => ({ mounts: ["subuid", "subgid"].map((name) => `mount --bind ${join(scratch, name)} /etc/${name}`) }),
      [expect.stringMatching(/^subordinate ids: limited: .*"usermod --add-subuids 100000-165535 /)],
    ],
    [
      "a container hides parts of /proc and /sys",
      { masked: true },
      [
        "proc and sys: limited: those of the container are shown instead; docker run --security-opt systempaths=unconfined unmasks them",
      ],
    ],
    [
      "its directory for temporary files is on an overlay",
      () => {
        const [lower, upper, work, overlay] = ["lower", "upper", "work", "overlay"].map((name) => join(scratch, name));
        const directories = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
        const mounts = [`mount -t overlay -o ${directories} container ${overlay}`, `chmod 1777 ${overlay}`];
        return { mounts, env: { TMPDIR: overlay as string } };
      },
      [
        "overlay of a user: limited: put TMPDIR and the layer store on ext4, xfs or btrfs, not on another overlay, in a container on a volume; it needs Linux 5.11",
      ],
    ],
  ])("%s", async (_what, more, told) => {
    expect(await unmet(program, typeof more === "function" ? more() : more)).toEqual(told);
  });

  test("nobody has given the user a range of ids", async () => {
    expect(await unmet(ordinaryUser(scratch))).toEqual([
      expect.stringMatching(/^subordinate ids: missing: .*"usermod --add-subuids 100000-165535 /),
      'mapped ids: missing: see "subordinate ids"',
      ...NOTHING_MAPPED,
    ]);
  });
});
