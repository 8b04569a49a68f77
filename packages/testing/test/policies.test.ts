import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { UnknownFact } from "../src/image-mismatch.js";
import { cloudReady } from "../src/policies/cloud-ready.js";
import { hardened } from "../src/policies/hardened.js";
import { healthy } from "../src/policies/healthy.js";
import { type Check, policy } from "../src/policy.js";
import { dpkgStatus, imageOfTexts, type TextEntry } from "./text-image.js";

type Tree = Readonly<Record<string, TextEntry>>;

/** An image that follows all three policies. */
const GOOD: Tree = {
  "/sbin": "→ usr/sbin",
  "/usr/sbin/init": { text: "ELF", mode: 0o755 },
  "/usr/sbin/sshd": { text: "ELF", mode: 0o755 },
  "/bin/bash": { text: "ELF", mode: 0o755 },
  "/usr/bin/sudo": { text: "ELF", mode: 0o4755 },
  "/usr/bin/cloud-init": { text: "#!", mode: 0o755 },
  "/usr/bin/growpart": { text: "#!", mode: 0o755 },
  "/etc/os-release": "NAME=x\nID=x\n",
  "/etc/passwd": "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\n",
  "/etc/shadow": { text: "root:*:1::::::\ndaemon:!:1::::::\n", mode: 0o640 },
  "/etc/machine-id": "",
  "/var/lib/dbus/machine-id": "→ /etc/machine-id",
  "/etc/hostname": `not-${hostname()}\n`,
  "/etc/ssh/sshd_config": "PasswordAuthentication no\n",
  "/etc/sudoers": "# x ALL=NOPASSWD: ALL\nroot ALL=(ALL:ALL) ALL\nweb ALL=NOPASSWD: /usr/bin/reload\n",
  "/etc/sudoers.d/a.bak": "x ALL=(ALL) NOPASSWD:ALL\n",
  "/etc/kernel/cmdline": "ro console=tty0 console=ttyS0,115200\n",
  "/tmp": { text: null, mode: 0o1777 },
  "/var/lib/dpkg/status": dpkgStatus("sudo|1|hold ok installed", "telnetd|1|deinstall ok config-files"),
  "/var/lib/dpkg/info/sudo.list": "/usr/bin/sudo\n",
  "/usr/lib/systemd/system/ssh.service": "[Unit]",
  "/etc/systemd/system/multi-user.target.wants/ssh.service": "→ /usr/lib/systemd/system/ssh.service",
};

const without = (...paths: readonly string[]) =>
  Object.fromEntries(Object.entries(GOOD).filter(([path]) => !paths.includes(path)));

/** What of the good image makes it a bad one, by check, and what is said then. */
const BAD: readonly (readonly [check: string, tree: Tree, message: string])[] = [
  ["init-there", without("/usr/sbin/init"), 'there is no "/sbin/init"'],
  ["init-there", { ...GOOD, "/usr/sbin/init": "text" }, '"/sbin/init" is not a program'],
  ["system-known", { ...GOOD, "/etc/os-release": "NAME=x\n" }, '"/etc/os-release" has no ID'],
  [
    "packages-whole",
    { ...GOOD, "/var/lib/dpkg/status": dpkgStatus("sudo|1|install ok half-configured") },
    'package "sudo:amd64" is in the state "install ok half-configured"',
  ],
  [
    "units-there",
    without("/usr/lib/systemd/system/ssh.service"),
    '"/etc/systemd/system/multi-user.target.wants/ssh.service" enables a unit that is missing: "/usr/lib/systemd/system/ssh.service"',
  ],
  ["shells-there", without("/bin/bash"), 'account "root" of "/etc/passwd" has the shell "/bin/bash", which is missing'],
  ["temporary-sticky", { ...GOOD, "/tmp": { text: null, mode: 0o1755 } }, '"/tmp" has mode 1755, not 1777'],
  ["build-over", { ...GOOD, "/usr/sbin/policy-rc.d": "exit 101" }, 'the build left "/usr/sbin/policy-rc.d"'],
  [
    "passwords-locked",
    { ...GOOD, "/etc/shadow": { text: "root:$6$a$b:1::::::\ndaemon::1::::::\n", mode: 0o640 } },
    'account "root" has a password in "/etc/shadow"',
  ],
  [
    "one-root",
    { ...GOOD, "/etc/passwd": "root:x:0:0::/root:/bin/bash\ntoor:*:0:0::/root:/bin/bash\n" },
    'account "toor" of "/etc/passwd" has the number 0',
  ],
  ["passwords-private", { ...GOOD, "/etc/shadow": "root:*:\n" }, '"/etc/shadow" has mode 0644'],
  ["ssh-keys-only", without("/etc/ssh/sshd_config"), 'sshd has PasswordAuthentication "yes" by default'],
  [
    "ssh-root-without-password",
    { ...GOOD, "/etc/ssh/sshd_config": "PasswordAuthentication no\nPermitRootLogin yes\n" },
    'sshd has PermitRootLogin "yes" at /etc/ssh/sshd_config:2',
  ],
  [
    "sudo-asks",
    { ...GOOD, "/etc/sudoers.d/debian": "debian ALL=(ALL) NOPASSWD:ALL\n" },
    '/etc/sudoers.d/debian:1 gives root to "debian" without a password',
  ],
  ["nothing-writable-for-all", { ...GOOD, "/opt": { text: null, mode: 0o777 } }, 'the directory "/opt" has mode 0777'],
  ["nothing-writable-for-all", { ...GOOD, "/x": { text: "", mode: 0o666 } }, 'the file "/x" has mode 0666'],
  [
    "setuid-known",
    { ...GOOD, "/opt/x": { text: "", mode: 0o4755 } },
    '"/opt/x" runs as its owner or group, and no package brings it',
  ],
  [
    "no-plain-text-logins",
    { ...GOOD, "/var/lib/dpkg/status": dpkgStatus("sudo|1", "telnetd|1") },
    'package "telnetd:amd64" is installed',
  ],
  [
    "no-secrets",
    { ...GOOD, "/root/x": "deb https://user:s3cretpass@example.org/ x\n" },
    "/root/x:1: found basic auth credential",
  ],
  ["machine-id-new", { ...GOOD, "/etc/machine-id": "abc\n" }, '"/etc/machine-id" has an id: "abc"'],
  [
    "host-keys-new",
    { ...GOOD, "/etc/ssh/ssh_host_rsa_key": "" },
    'there is an SSH host key: "/etc/ssh/ssh_host_rsa_key"',
  ],
  [
    "random-seed-new",
    { ...GOOD, "/var/lib/systemd/random-seed": "x" },
    'there is a random seed: "/var/lib/systemd/random-seed"',
  ],
  [
    "network-free",
    { ...GOOD, "/etc/udev/rules.d/70-persistent-net.rules": "x" },
    '"/etc/udev/rules.d/70-persistent-net.rules" names the network cards of one machine',
  ],
  ["agent-there", without("/usr/bin/cloud-init"), "there is none of cloud-init, ignition, afterburn, glean"],
  [
    "agent-there",
    { ...GOOD, "/etc/cloud/cloud-init.disabled": "" },
    '"/etc/cloud/cloud-init.disabled" keeps cloud-init from starting',
  ],
  [
    "console-serial",
    { ...GOOD, "/etc/kernel/cmdline": "ro quiet\n" },
    "no kernel argument makes a serial line the console (/etc/kernel/cmdline)",
  ],
  [
    "console-serial",
    without("/etc/kernel/cmdline"),
    "no kernel argument makes a serial line the console (no file with kernel arguments is known)",
  ],
  ["root-grows", without("/usr/bin/growpart"), "nothing grows the root filesystem when a machine starts"],
  [
    "builder-gone",
    { ...GOOD, "/etc/hosts": `127.0.1.1 ${hostname()}\n` },
    `"/etc/hosts" has the host name of this machine: "${hostname()}"`,
  ],
];

const all = policy("all", healthy, hardened, cloudReady);

test("a good image follows the policies", async () => {
  expect(await all.breaches(imageOfTexts(GOOD))).toEqual([]);
});

test.for(BAD)("%s", async ([check, tree, message], { skip }) => {
  skip(check === "builder-gone" && hostname() === "localhost", "this machine has no name of its own");
  const breaches = await all.breaches(imageOfTexts(tree));
  expect(breaches.map((breach) => breach.check)).toContain(check);
  expect(new Set(breaches.map((breach) => breach.check)).size, JSON.stringify(breaches)).toBe(1);
  expect(breaches[0]).toMatchObject({ message, why: expect.stringMatching(/./), remedy: expect.stringMatching(/./) });
});

test("every check has an image that it is against", () => {
  expect([...new Set(BAD.map(([check]) => check))].sort()).toEqual([...all.checks].sort());
});

test("docs/testing.md names the checks of each policy", () => {
  const page = readFileSync(new URL("../../../docs/testing.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(healthy|hardened|cloudReady)` \| (.*) \|$/gm)];
  const named = Object.fromEntries(rows.map(([, name, checks]) => [name, checks?.replaceAll("`", "").split(", ")]));
  expect(named).toEqual({ healthy: healthy.checks, hardened: hardened.checks, cloudReady: cloudReady.checks });
});

describe("a policy of one's own", () => {
  const image = imageOfTexts({ "/etc/motd": "hello\n" });
  const named = (name: string): Check => ({
    name,
    why: "so",
    find: () => [{ message: `${name}!`, remedy: "mend it" }],
  });
  const names = async (one: ReturnType<typeof policy>) => (await one.breaches(image)).map(({ check }) => check);

  test("is of functions, checks and other policies, in their order", async () => {
    const own = policy("own", named("a"), policy("inner", named("b")), async (opened, report) => {
      if ((await opened.text("/etc/motd"))?.includes("hello")) report({ check: "c", message: "c!", remedy: "mend it" });
    });
    expect(own.checks).toEqual(["a", "b"]);
    expect(await names(own)).toEqual(["a", "b", "c"]);
    expect(await names(own.except("b"))).toEqual(["a", "c"]);
    expect(await names(own.except("b").except("c"))).toEqual(["a"]);
  });

  test("says which checks there are when one is left out that it has not", () => {
    expect(() => policy("own", named("a"), named("b")).except("c")).toThrow(
      'policy "own" has no check "c"; it has a, b',
    );
  });

  test("takes what the image cannot tell for a breach, and a fault of a check for a fault", async () => {
    const throwing = (error: Error): Check => ({ name: "x", why: "so", find: () => Promise.reject(error) });
    const unknown = policy("own", throwing(new UnknownFact("it is not known\nremedy: open another")));
    expect(await unknown.breaches(image)).toEqual([
      { check: "x", why: "so", message: "it is not known", remedy: "open another" },
    ]);
    await expect(policy("own", throwing(new TypeError("a bug"))).breaches(image)).rejects.toThrow("a bug");
  });
});
