import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bashCommand, createCommandRunner, findProgram, namespaceCommand } from "@dibkit/exec";
import { flagTrouble } from "@dibkit/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseNetwork, NETWORKS } from "../../src/host/network/choose-network.js";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

const commands = createCommandRunner();

/** Bash makes the connection, as no image has to have a program for it; port 9 has no listener. */
const LOOPBACK_IS_SILENT = "! { : < /dev/tcp/127.0.0.1/9; } 2>&1 | grep -q 'Connection refused'";

/** What a script of a step sees of its network, as a step sets it up. */
async function inNetwork(name: string, script: string) {
  const { setUp, namespaces, open } = chooseNetwork({ network: name });
  const prepared = setUp.map((line) => `${line} || exit 125`).join("\n");
  const command = namespaceCommand(bashCommand(`mount -t proc proc /proc\n${prepared}\n${script}`), namespaces);
  const opened = await open?.({});
  if (opened?.ok === false) throw new Error(opened.error.join("\n"));
  try {
    return await commands.run([...(opened?.value.enter ?? []), ...command]);
  } finally {
    await opened?.value.close();
  }
}

async function interfacesIn(name: string): Promise<readonly string[]> {
  const seen = await inNetwork(name, "cat /proc/net/dev");
  if (!seen.ok) throw new Error(JSON.stringify(seen.error));
  return [...seen.value.stdout.matchAll(/^\s*(\S+):/gm)].map(([, found]) => found ?? "");
}

describe.each(NETWORKS.map(({ name }) => name))("network %s", (name) => {
  test("needs programs that are named, and are those of this machine", () => {
    const { tools } = chooseNetwork({ network: name });
    for (const { program } of tools) expect(findProgram(program, process.env)).toBeDefined();
  });

  test("is a value that --network takes", () => {
    expect(flagTrouble("network", name)).toBeUndefined();
  });

  test("has a loopback that answers", async () => {
    const answer = await inNetwork(name, `if ${LOOPBACK_IS_SILENT}; then exit 3; fi`);
    expect(answer).toMatchObject({ ok: true });
  });

  test("gives the exit code of the script", async () => {
    expect(await inNetwork(name, "exit 7")).toMatchObject({ ok: false, error: { exitCode: 7 } });
  });

  test("leaves the machine's own interfaces as they were", async () => {
    const before = await interfacesIn("host");
    await inNetwork(name, "true");
    expect(await interfacesIn("host")).toEqual(before);
  });
});

test.each(["none", "recorded"])("network %s has nothing but loopback", async (name) => {
  expect(await interfacesIn(name)).toEqual(["lo"]);
});

test("a request that names no network means the host's, and an unknown one is none", () => {
  expect(chooseNetwork({}).name).toBe("host");
  expect(() => chooseNetwork({ network: "vpn" })).toThrow('no network is called "vpn"');
});

/** How often a script of the recorded network tries to get out past its proxy. */
async function attemptsPast(script: string): Promise<number> {
  const opened = await chooseNetwork({ network: "recorded" }).open?.({});
  if (!opened?.ok) throw new Error(JSON.stringify(opened));
  const watch = opened.value.watch({ environment: {}, secrets: [] });
  const done = await commands.run([...opened.value.enter, ...namespaceCommand(bashCommand(script))]);
  const { past } = await watch.end();
  await opened.value.close();
  expect(done).toMatchObject({ ok: true });
  return past;
}

/** What connects to port 9 of an address. */
function connecting(family: string, kind: string, address: string): string {
  return `python3 -c 'import socket
try: socket.socket(socket.${family}, socket.${kind}).connect(("${address}", 9))
except OSError as error: print(error)'`;
}

/** What asks a server for a name that there is not. */
function askingFor(name: string, server: string): string {
  return `mount -t tmpfs none /mnt && echo nameserver ${server} > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf && { getent hosts ${name} || true; }`;
}

test.each([
  ["a connection to an address outside", connecting("AF_INET", "SOCK_STREAM", "192.0.2.1")],
  ["a datagram to an address outside", connecting("AF_INET", "SOCK_DGRAM", "192.0.2.1")],
  ...(existsSync("/proc/net/snmp6")
    ? [
        ["a connection by IPv6", connecting("AF_INET6", "SOCK_STREAM", "2001:db8::1")],
        ["a datagram by IPv6", connecting("AF_INET6", "SOCK_DGRAM", "2001:db8::1")],
      ]
    : []),
  ["a connection to a server of the machine", connecting("AF_INET", "SOCK_STREAM", "127.0.0.1")],
  ["a name that a server outside is asked for", askingFor("nobody.invalid", "192.0.2.1")],
  ["a name that a resolver of the machine is asked for", askingFor("nobody.invalid", "127.0.0.53")],
])("past the proxy is %s", async (_what, script) => {
  expect(await attemptsPast(script)).toBeGreaterThan(0);
});

test.each([
  ["a request by the proxy", "curl -s -o /dev/null -x http://127.68.73.66:342 http://localhost:9/"],
  ["a name that the machine knows itself", "getent ahostsv4 localhost; getent ahosts 192.0.2.1"],
  ["the machine's own name", 'mount --bind /dev/null /etc/hosts && { getent ahostsv4 "$(hostname)" || true; }'],
  ["a look at what the kernel says", "cat /proc/net/route"],
  [
    "a server of the step's own",
    "python3 -c 'import socket; s = socket.create_server((\"127.0.0.1\", 0)); socket.create_connection(s.getsockname())'",
  ],
])("past the proxy is not %s", async (_what, script) => {
  expect(await attemptsPast(script)).toBe(0);
});

test.each([
  ["recorded", "install.d/50-x", "recorded"],
  ["recorded,install.d/50-x=host", "install.d/50-x", "host"],
  ["recorded,install.d/50-x=host", "install.d/50-y", "recorded"],
  ["recorded,install.d=none", "install.d/50-y", "none"],
  ["recorded,install.d=none", "install.d", "none"],
  ["recorded,install.d/50-y=host,install.d=none", "install.d/50-y", "host"],
  ["install.d=none", "post-install.d/50-y", "host"],
])("%s: %s has the network %s", (network, step, name) => {
  expect(flagTrouble("network", network)).toBeUndefined();
  expect(chooseNetwork({ network }, step).name).toBe(name);
});

test.each([
  "vpn",
  "recorded,none",
  "recorded,install.d/50-x=vpn",
  "recorded,=host",
  "recorded,50-x=host=none",
  "recorded,intall.d=host",
  "",
])("%j is no network", (network) => {
  expect(flagTrouble("network", network)).toMatch(/must be "auto", "host", "none" or "recorded"/);
});

describe.skipIf(!mayBuild)("a build", () => {
  let project: TinyProject;
  beforeEach(() => {
    project = tinyProject();
    project.element("probe", {
      "extra-data.d/10-seen": "#!/bin/bash\ncat /proc/net/dev\n",
      "install.d/50-file": "#!/bin/bash\necho made > /etc/made\n",
    });
  });
  afterEach(() => project.remove());

  const alone = { environment: { DIBKIT_NETWORK: "none" } };

  test("runs its scripts in the network that it asks for, and uses layers made in another", async () => {
    const first = await project.build(alone);
    expect(first.outcome).toMatchObject({ kind: "built" });
    const log = readFileSync(join(first.logs, "extra-data.d-10-seen.log"), "utf8");
    expect([...log.matchAll(/^\s*(\S+):/gm)].map(([, name]) => name)).toEqual(["lo"]);
    const second = await project.build();
    expect(new Set(Object.values(second.steps))).toEqual(new Set(["cached"]));
  });

  test("says that there was no network where a script fails", async () => {
    project.element("probe", { "extra-data.d/10-seen": "#!/bin/bash\nexit 4\n" });
    const { outcome } = await project.build(alone);
    expect(outcome).toMatchObject({ kind: "script-failed", help: expect.stringContaining("--network host") });
  });
});
