import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { BUILD_FLAGS } from "@dibkit/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dibkit } from "../../../../test/e2e/dibkit.js";
import type { StepEntry } from "../../src/job/layer.js";
import { layerStoreAt } from "../../src/layers/layer-store.js";
import { mayBuild, type TinyBuild, type TinyOptions, type TinyProject, tinyProject } from "../tiny-image.js";

const TELL = 'echo "the proxy is ${http_proxy:-nowhere}"\n';

/** Scripts by what they do; `@TCP@` greets without HTTP, and `@HTTP@` answers requests, both on the machine's loopback. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "environment.d/10-proxy": 'export SEEN_BY_ENVIRONMENT="${http_proxy:-nowhere}"\n',
  "extra-data.d/10-tcp": `${TELL}read -r word < /dev/tcp/127.0.0.1/@TCP@\necho "was told $word"\n`,
  "extra-data.d/15-name": `${TELL}RES_OPTIONS="timeout:1 attempts:1" getent hosts nobody.invalid || true\n`,
  "extra-data.d/20-http": `${TELL}curl -fsS http://127.0.0.1:@HTTP@/file\n`,
  "extra-data.d/25-looks": `${TELL}ip -o link show\n`,
  "extra-data.d/30-containers": `${TELL}true || podman build .\n`,
  "extra-data.d/35-nothing": TELL,
  "install.d/40-or-true":
    "{ read -r word < /dev/tcp/127.0.0.1/@TCP@; } 2>/dev/null || word=nothing\necho $word > /etc/word\n",
  "install.d/45-writes": 'echo "proxy = ${http_proxy:-none}" > /etc/tool.conf\n',
};

const PROXY = "the proxy is http://127.68.73.66:342";

describe.skipIf(!mayBuild)("a build that chooses the network", () => {
  const servers: Server[] = [];
  let project: TinyProject;
  let first: TinyBuild;

  /** Whatever the default is. */
  const build = (options: TinyOptions = {}) => project.build({ environment: { DIBKIT_NETWORK: "auto" }, ...options });

  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return String((server.address() as AddressInfo).port);
  };

  const entries = async (): Promise<ReadonlyMap<string, StepEntry>> => {
    const layers = await layerStoreAt(join(project.directory, "store")).all();
    const sorted = [...layers].sort((a, b) => (a.created < b.created ? -1 : 1));
    return new Map(
      sorted.flatMap((entry) => (entry.kind === "step" ? [[`${entry.label.phase}/${entry.label.script}`, entry]] : [])),
    );
  };

  const again = ({ events }: TinyBuild) =>
    events.flatMap((event) => (event.type === "note" && event.message.includes("runs again") ? [event.message] : []));

  const told = (step: string, words: string) => project.log(step).split(words).length - 1;

  beforeAll(async () => {
    project = tinyProject();
    const tcp = await listen(createServer((socket) => socket.end("hello\n")));
    const http = await listen(createHttpServer((_incoming, outgoing) => outgoing.end("a file\n")));
    const scripts = Object.entries(SCRIPTS).map(([path, text]) => {
      const whole = path.startsWith("environment.d") ? text : `#!/bin/bash\nset -eu\n${text}`;
      return [path, whole.replaceAll("@TCP@", tcp).replaceAll("@HTTP@", http)] as const;
    });
    project.element("probe", Object.fromEntries(scripts));
    first = await build();
  });
  afterAll(() => {
    for (const server of servers) server.close();
    project.remove();
  });

  test("comes to its end, and one that is told nothing has the network that the table of flags says", async () => {
    expect((await project.plan()).job.request.network).toBe(BUILD_FLAGS.network.otherwise);
    expect(first.outcome).toMatchObject({ kind: "built" });
  });

  test.each([
    ["extra-data.d/10-tcp", /^it went past the proxy \(1 attempt\)$/],
    ["extra-data.d/15-name", /^it went past the proxy \(\d+ attempts?\)$/],
    ["install.d/40-or-true", /^it went past the proxy \(1 attempt\)$/],
    ["install.d/45-writes", /^it wrote the address of the proxy into \/etc\/tool\.conf$/],
  ])("%s runs a second time, with the host's network, and its layer says why", async (step, reason) => {
    const entry = (await entries()).get(step);
    expect(entry).toMatchObject({ unwatched: expect.stringMatching(reason) });
    expect(entry?.network).toBeUndefined();
    expect(again(first)).toContain(`${step} runs again, with the host's network: ${entry?.unwatched}`);
  });

  test.each([
    ["extra-data.d/25-looks", "it looks at the network itself, by ip"],
    ["extra-data.d/30-containers", "its containers have networks of their own, by podman"],
  ])("%s has the host's network at once", async (step, unwatched) => {
    expect((await entries()).get(step)).toMatchObject({ unwatched });
    expect([told(step, "the proxy is nowhere"), told(step, PROXY)]).toEqual([1, 0]);
  });

  test("a script that needs no more is recorded, and runs once", async () => {
    const all = await entries();
    expect(again(first)).toHaveLength(4);
    expect(all.get("extra-data.d/35-nothing")?.network).toEqual({ network: "recorded", fetched: [] });
    expect(all.get("extra-data.d/20-http")?.network?.fetched).toMatchObject([{ status: 200, bytes: 7 }]);
    for (const step of ["extra-data.d/20-http", "extra-data.d/35-nothing"]) expect(told(step, PROXY)).toBe(1);
  });

  test("the image is that of the host's network", async () => {
    const all = await entries();
    const file = (step: string, path: string) => {
      const name = all.get(step)?.key.slice(0, 12) ?? "";
      return readFileSync(join(project.directory, "store/l", name, "root", path), "utf8");
    };
    expect(told("extra-data.d/10-tcp", "was told hello")).toBe(1);
    expect(file("install.d/40-or-true", "etc/word")).toBe("hello\n");
    expect(file("install.d/45-writes", "etc/tool.conf")).toBe("proxy = none\n");
    const store = layerStoreAt(join(project.directory, "store"));
    const [id = ""] = await store.records.buildIds();
    expect((await store.records.record(id))?.environments["install.d"]).toMatchObject({
      SEEN_BY_ENVIRONMENT: "nowhere",
    });
  });

  test("what was found out about a script holds until its text changes", async () => {
    const second = await build({ refresh: true });
    expect(again(second)).toEqual([]);
    // One that used no network is not even run; the others are.
    expect(second.steps).toMatchObject({ "extra-data.d/10-tcp": "ran", "extra-data.d/35-nothing": "cached" });
    expect([told("extra-data.d/10-tcp", PROXY), told("extra-data.d/10-tcp", "was told hello")]).toEqual([0, 1]);
    project.element("probe", { "extra-data.d/10-tcp": `#!/bin/bash\nset -eu\n${TELL}` });
    const third = await build();
    expect(third.steps["extra-data.d/10-tcp"]).toBe("ran");
    expect(told("extra-data.d/10-tcp", PROXY)).toBe(1);
  });

  test("a script that fails without an attempt fails once", async () => {
    project.element("probe", { "install.d/90-fails": `#!/bin/bash\n${TELL}exit 4\n` });
    const failed = await build();
    project.element("probe", { "install.d/90-fails": null });
    expect(failed.outcome).toMatchObject({ kind: "script-failed", exitCode: 4 });
    expect([again(failed), told("install.d/90-fails", PROXY)]).toEqual([[], 1]);
    expect(failed.outcome).not.toMatchObject({ help: expect.stringContaining("proxy") });
  });

  test("a script that fails with both is told as one of the host's network", async () => {
    project.element("probe", { "install.d/90-fails": "#!/bin/bash\n: < /dev/tcp/127.0.0.1/9\n" });
    const failed = await build();
    expect(failed.outcome).toMatchObject({ kind: "script-failed", exitCode: 1 });
    expect(failed.outcome).not.toMatchObject({ help: expect.stringContaining("past the proxy") });
    const asked = await build({ environment: { DIBKIT_NETWORK: "recorded,extra-data.d=host" } });
    project.element("probe", { "install.d/90-fails": null });
    expect(again(asked)).toEqual([]);
    expect(asked.outcome).toMatchObject({
      help: expect.stringContaining("it went past the proxy (1 attempt); it reached the network through a proxy"),
    });
  });

  test("scripts on a disk of loop devices have the host's network", async () => {
    project.element("probe", { "finalise.d/80-seen": `#!/bin/bash\n${TELL}` });
    const built = await build({ disk: "loop", formats: "raw" });
    const seen = told("finalise.d/80-seen", "the proxy is nowhere");
    project.element("probe", { "finalise.d/80-seen": null });
    expect(built.outcome).toMatchObject({ kind: "built" });
    expect(seen).toBe(1);
    const store = layerStoreAt(join(project.directory, "store"));
    const record = await store.records.record((await store.records.buildIds()).at(-1) ?? "");
    expect(record?.steps.find(({ label }) => label.script === "80-seen")).toMatchObject({
      unwatched: "it works on the disk, where nothing can be taken back",
    });
  });

  test("where scripts cannot be watched, the build has the host's network, and says so when it is asked", async () => {
    project.element("quiet", { "extra-data.d/10-seen": `#!/bin/bash\nset -eu\n${TELL}` });
    const hide =
      'for file in $(PATH=$PATH:/usr/sbin:/sbin type -ap ip); do mount --bind /dev/null "$file"; done; exec "$@"';
    const through = ["unshare", "--mount", "bash", "-c", hide, "hide"];
    const store = ["--cache-dir", join(project.directory, "unwatched")];
    const words = [
      "-n",
      "tiny-os",
      "quiet",
      "-t",
      "tar",
      "--image-size",
      "0.2",
      "-o",
      join(project.directory, "out/unwatched"),
      ...store,
    ];
    const elements = ["--elements-path", join(project.directory, "elements")];
    const built = await dibkit(["build", ...elements, ...words, "-v", "--network", "auto"], { through });
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect(built.stderr).toContain("the proxy is nowhere");
    expect(built.stderr).not.toMatch(/warning|network/);
    const fetched = await dibkit(["fetched", ...store]);
    expect(fetched.stdout).toMatch(
      /^host's network: scripts cannot be watched here: ip is missing\n {2}root\.d\/10-tiny of tiny-os\n/,
    );
    const contradiction = await dibkit(["build", ...elements, ...words, "--no-record", "--network", "recorded"]);
    expect(contradiction).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--no-record contradicts") });
  });

  test("a build that keeps nothing has the host's network", async () => {
    const seen = join(project.directory, "cache/seen");
    writeFileSync(
      join(project.directory, "elements/probe/extra-data.d/35-nothing"),
      `#!/bin/bash\nset -eu\n{ ${TELL}} > $DIB_IMAGE_CACHE/seen\n`,
    );
    expect((await build({ noStore: true })).outcome).toMatchObject({ kind: "built" });
    expect(readFileSync(seen, "utf8")).toBe("the proxy is nowhere\n");
    rmSync(seen);
    await build();
    expect(readFileSync(seen, "utf8")).toBe(`${PROXY}\n`);
  });
});
