import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { unpackPackages } from "../../../../test/debian-packages.mjs";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-docker-"));
const socket = join(directory, "docker.sock");
const target = "acme/tiny:1.0";
let daemon: ChildProcess;
let project: TinyProject;

/** A daemon of the test's own, whose images are plain directories and whose containers have no network. */
beforeAll(async () => {
  if (!mayBuild) return;
  project = tinyProject();
  const root = unpackPackages(directory, ["docker.io", "containerd", "runc"]);
  const programs = [join(root, "usr/sbin"), join(root, "usr/bin"), process.env.PATH].join(delimiter);
  vi.stubEnv("PATH", programs);
  vi.stubEnv("DOCKER_HOST", `unix://${socket}`);
  const places = ["--data-root", "data", "--exec-root", "exec", "--pidfile", "pid"].map((word) =>
    word.startsWith("--") ? word : join(directory, word),
  );
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false"];
  const words = [...places, ...network, "--storage-driver=vfs", "--host", `unix://${socket}`];
  daemon = spawn("dockerd", words, { stdio: "ignore" });
  for (let attempt = 0; attempt < 6000 && !existsSync(socket); attempt += 1) await setTimeout(100);
});

afterAll(async () => {
  if (daemon !== undefined) {
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGTERM");
    await ended;
    project.remove();
  }
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const docker = (...words: readonly string[]) => execFileSync("docker", words, { encoding: "utf8" }).trim();

describe.skipIf(!mayBuild || !workerIsBuilt)("format docker (needs root)", () => {
  test("the daemon gets the image and can run it", async () => {
    project.element("tiny-os", {});
    project.element("probe", { "install.d/50-probe": "#!/bin/bash\necho from-dibkit > /etc/probe\n" });
    const { outcome, events } = await project.build({ formats: "docker,tar", dockerTarget: target });
    expect(outcome).toMatchObject({ kind: "built", outputs: [expect.stringMatching(/image\.tar$/)] });
    expect(events).toContainEqual({ type: "note", message: `docker has it now as ${target}` });
    expect(docker("images", "--format", "{{.Repository}}:{{.Tag}}")).toBe(target);
    expect(docker("run", "--rm", "--network=none", target, "/bin/cat", "/etc/probe")).toBe("from-dibkit");
  });

  test("an image that was removed from the daemon is imported again by a build that changes nothing", async () => {
    docker("rmi", target);
    const { outcome } = await project.build({ formats: "docker,tar", dockerTarget: target });
    expect(outcome.kind).toBe("built");
    expect(docker("images", "--format", "{{.Repository}}:{{.Tag}}")).toBe(target);
  });

  test("scripts do not see the daemon", async () => {
    project.element("probe", {
      "extra-data.d/50-look": `#!/bin/bash\nif docker --host unix://${socket} version; then exit 1; fi\n`,
    });
    expect((await project.build({ formats: "docker", dockerTarget: target })).outcome.kind).toBe("built");
  });

  test.each([
    ["unix:///nowhere/docker.sock", target, 'no docker daemon listens at "unix:///nowhere/docker.sock"'],
    [`unix://${socket}`, "Acme:1", '"Acme:1" is not a name that docker gives to an image'],
  ])("what cannot work is said before anything runs: %s, %s", async (host, dockerTarget, message) => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = host;
    await expect(project.plan({ formats: "docker", dockerTarget })).rejects.toThrow(message);
    process.env.DOCKER_HOST = before;
  });
});
