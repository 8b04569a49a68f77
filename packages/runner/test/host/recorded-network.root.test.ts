import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aptDownload } from "../../../../test/apt-repository.js";
import { tinyOs } from "../../../../test/tiny-os.mjs";
import type { NetworkUse } from "../../src/job/fetched.js";
import { layerStoreAt } from "../../src/layers/layer-store.js";
import { mayBuild, type TinyBuild, type TinyProject, tinyProject } from "../tiny-image.js";

const PORT = "@PORT@";
const TLS_PORT = "@TLS_PORT@";

/** Clients of the host, each with a directory of its own, and one of the image. */
const ELEMENT: Readonly<Record<string, string>> = {
  "environment.d/10-address": `export ADDRESS=$(curl -fsS http://127.0.0.1:${PORT}/address)\n`,
  "extra-data.d/10-clients": `#!/bin/bash
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
curl -fsS http://127.0.0.1:${PORT}/files/by-curl
curl -fsSk https://localhost:${TLS_PORT}/by-tls
wget -q -O - http://127.0.0.1:${PORT}/files/by-wget
python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read())' http://127.0.0.1:${PORT}/files/by-python
git clone -q http://127.0.0.1:${PORT}/repository.git
cat repository/file
${aptDownload(`http://127.0.0.1:${PORT}/apt`, "dibkit-probe")}
ls -l dibkit-probe_1_all.deb
`,
  "extra-data.d/20-own-server": `#!/bin/bash
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo served by the step > own
python3 -m http.server 8765 --bind 127.0.0.1 > /dev/null 2>&1 &
for _ in {1..100}; do
  curl -fsS http://localhost:8765/own 2> /dev/null && exit 0
  sleep 0.1
done
exit 1
`,
  "extra-data.d/30-host": `#!/bin/bash
cat /proc/net/dev
`,
  "extra-data.d/40-nothing": "#!/bin/bash\necho nothing\n",
  "install.d/50-in-the-image": `#!/bin/bash
set -eu
curl -fsS "http://me:hunter2@127.0.0.1:${PORT}/files/in-the-image?token=abc" > /etc/fetched
`,
  "install.d/60-nothing": "#!/bin/bash\necho nothing > /etc/nothing\n",
};

const PROXIED = { DIBKIT_NETWORK: "recorded,extra-data.d/30-host=host" };

describe.skipIf(!mayBuild)("a build in the recorded network", () => {
  let project: TinyProject;
  let served: string;
  let built: TinyBuild;
  const servers: Server[] = [];
  const seen: string[] = [];

  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return String((server.address() as AddressInfo).port);
  };

  const serve = (path: string, text: string | Buffer) => {
    mkdirSync(dirname(join(served, path)), { recursive: true });
    writeFileSync(join(served, path), text);
  };

  const uses = async (): Promise<ReadonlyMap<string, NetworkUse | undefined>> => {
    const layers = await layerStoreAt(join(project.directory, "store")).all();
    return new Map(
      layers.map((entry) => [
        `${entry.label.phase}/${entry.label.script}`,
        entry.kind === "step" ? entry.network : undefined,
      ]),
    );
  };

  beforeAll(async () => {
    project = tinyProject();
    project.element("tiny-os", { "root.d/10-tiny": tinyOs(["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "curl"]) });
    served = join(project.directory, "served");
    for (const name of ["by-curl", "by-wget", "by-python", "in-the-image"]) serve(`files/${name}`, `${name}\n`);
    serve("address", "somewhere\n");
    makeRepository(project.directory, served);
    makePackage(project.directory, served, serve);
    const port = await listen(
      createServer((incoming, outgoing) => {
        const { pathname } = new URL(incoming.url ?? "", "http://x");
        seen.push(pathname);
        try {
          outgoing.end(readFileSync(join(served, pathname)));
        } catch {
          outgoing.writeHead(404).end();
        }
      }),
    );
    const [key, cert] = makeCertificate(project.directory);
    const tlsPort = await listen(createTlsServer({ key, cert }, (_incoming, outgoing) => outgoing.end("by-tls\n")));
    const withPorts = Object.entries(ELEMENT).map(
      ([path, text]) => [path, text.replaceAll(PORT, port).replaceAll(TLS_PORT, tlsPort)] as const,
    );
    project.element("probe", Object.fromEntries(withPorts));
    built = await project.build({ environment: PROXIED });
  });
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    project.remove();
  });

  test("curl, wget, Python, git and apt find their way, with TLS and without, on the host and in the image", async () => {
    expect(built.outcome, project.log("extra-data.d/10-clients")).toMatchObject({ kind: "built" });
    const log = project.log("extra-data.d/10-clients");
    for (const words of ["by-curl", "by-tls", "by-wget", "by-python", "by-git", "dibkit-probe_1_all.deb"])
      expect(log).toContain(words);
  });

  test("each layer has what its step fetched, with digests, and without credentials", async () => {
    const all = await uses();
    const fetched = all.get("extra-data.d/10-clients")?.fetched ?? [];
    const paths = fetched.map(({ url }) => url.replace(/^http:\/\/127\.0\.0\.1:\d+/, ""));
    expect(paths).toEqual(expect.arrayContaining(["/files/by-curl", "/files/by-wget", "/repository.git/HEAD"]));
    expect(paths).toEqual(expect.arrayContaining(["/apt/Packages", "/apt/dibkit-probe.deb"]));
    const sha256 = createHash("sha256").update("by-curl\n").digest("hex");
    expect(fetched.find(({ url }) => url.endsWith("/by-curl"))).toMatchObject({ status: 200, bytes: 8, sha256 });
    const tls = fetched.find(({ method }) => method === "CONNECT");
    expect(tls?.url).toMatch(/^localhost:\d+$/);
    expect(tls?.bytes).toBeGreaterThan(500);
    const inside = all.get("install.d/50-in-the-image");
    expect(inside).toMatchObject({ network: "recorded", fetched: [{ status: 200, bytes: 13 }] });
    expect(inside?.fetched[0]?.url).toMatch(/\/files\/in-the-image\?token=\[secret\]$/);
    expect(inside?.fetched[0]?.url).not.toMatch(/hunter2/);
  });

  test("what a step serves to itself is its own, and a step that fetches nothing is known for it", async () => {
    expect(project.log("extra-data.d/20-own-server")).toContain("served by the step");
    const all = await uses();
    expect(all.get("extra-data.d/20-own-server")).toMatchObject({ network: "recorded", fetched: [] });
    expect(all.get("install.d/60-nothing")).toEqual({ network: "recorded", fetched: [] });
  });

  test("a step that is given the host's network has it, and what it fetches is not known", async () => {
    const interfaces = [...project.log("extra-data.d/30-host").matchAll(/^\s*(\S+):/gm)].map(([, name]) => name);
    const own = [...readFileSync("/proc/net/dev", "utf8").matchAll(/^\s*(\S+):/gm)].map(([, name]) => name);
    expect(interfaces).toEqual(own);
    expect((await uses()).get("extra-data.d/30-host")).toBeUndefined();
  });

  test("what environment.d fetched is noted, and its variables do not lead to the proxy", async () => {
    const record = await layerStoreAt(join(project.directory, "store")).records.record(idOf(built));
    expect(record?.environmentFetches?.["extra-data.d"]).toMatchObject([{ url: expect.stringMatching(/\/address$/) }]);
    expect(JSON.stringify(record?.environments)).not.toContain("127.68.73.66");
    expect(record?.environments["install.d"]).toMatchObject({ ADDRESS: "somewhere" });
  });

  test("the host's network uses the same layers", async () => {
    const again = await project.build();
    expect(new Set(Object.values(again.steps))).toEqual(new Set(["cached"]));
  });

  test("to run again what uses the network runs no other step", async () => {
    const before = seen.length;
    const again = await project.build({ environment: PROXIED, refresh: true });
    expect(again.steps).toMatchObject({
      "extra-data.d/10-clients": "ran",
      // Nobody can tell what Python does not read in the image cache.
      "extra-data.d/20-own-server": "ran",
      "extra-data.d/30-host": "ran",
      "extra-data.d/40-nothing": "cached",
      "install.d/50-in-the-image": "ran",
      "install.d/60-nothing": "cached",
    });
    expect(seen.length).toBeGreaterThan(before);
  });

  test("without the network a step that needs it says what it fetched before", async () => {
    const alone = await project.build({ environment: { DIBKIT_NETWORK: "none" }, refresh: true });
    // The files of environment.d fail first here; a step of its own tells more.
    expect(alone.outcome).toMatchObject({ kind: "script-failed" });
    const text = ELEMENT["environment.d/10-address"]?.replace(/\$\(.*\)/, "somewhere") ?? "";
    project.element("probe", { "environment.d/10-address": text });
    const { outcome } = await project.build({ environment: { DIBKIT_NETWORK: "none" }, refresh: true });
    expect(outcome).toMatchObject({
      message: expect.stringContaining("extra-data.d/10-clients"),
      help: expect.stringMatching(/it fetched http:\/\/127\.0\.0\.1:\d+\/files\/by-curl and \d+ more when it last ran/),
    });
  });

  test("a script that writes the proxy into the image fails, and is told how to go on", async () => {
    project.element("probe", {
      "environment.d/10-address": "true\n",
      "extra-data.d/10-clients": null,
      "install.d/50-in-the-image": '#!/bin/bash\necho "proxy = $http_proxy" > /etc/tool.conf\n',
    });
    const { outcome } = await project.build({ environment: PROXIED });
    expect(outcome).toMatchObject({
      kind: "script-failed",
      message: expect.stringContaining("into /etc/tool.conf"),
      help: expect.stringContaining("--network recorded,install.d/50-in-the-image=host"),
    });
  });
});

function idOf({ logs }: TinyBuild): string {
  return logs.split("/").at(-2) ?? "";
}

/** A git repository that any server of files can serve. */
function makeRepository(directory: string, served: string): void {
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.org", ...words], { cwd: directory });
  git("init", "-q", "work");
  writeFileSync(join(directory, "work/file"), "by-git\n");
  git("-C", "work", "add", "file");
  git("-C", "work", "commit", "-q", "-m", "one");
  git("clone", "-q", "--bare", "work", join(served, "repository.git"));
  git("-C", join(served, "repository.git"), "update-server-info");
}

/** A flat repository of apt with one package. */
function makePackage(directory: string, served: string, serve: (path: string, text: string | Buffer) => void): void {
  const control = "Package: dibkit-probe\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\n";
  mkdirSync(join(directory, "package/DEBIAN"), { recursive: true });
  writeFileSync(join(directory, "package/DEBIAN/control"), `${control}Description: nothing\n`);
  mkdirSync(join(served, "apt"), { recursive: true });
  const file = join(served, "apt/dibkit-probe.deb");
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", join(directory, "package"), file]);
  const bytes = readFileSync(file);
  const digest = createHash("sha256").update(bytes).digest("hex");
  serve(
    "apt/Packages",
    `${control}Filename: ./dibkit-probe.deb\nSize: ${bytes.length}\nSHA256: ${digest}\nDescription: nothing\n`,
  );
}

function makeCertificate(directory: string): readonly [key: string, cert: string] {
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...words, "-subj", "/CN=localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });
  return [readFileSync(key, "utf8"), readFileSync(cert, "utf8")];
}
