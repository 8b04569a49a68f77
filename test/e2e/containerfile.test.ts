import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { tinyOs } from "../tiny-os.mjs";
import { upstreamVersion } from "../upstream-version.mjs";
import { dibkit, runProgram } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

/** For machines whose control groups crun does not know how to use. */
const ENGINE = `[containers]
cgroups = "disabled"
default_ulimits = []
pids_limit = 0
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
`;
const WITHOUT_HYBRID = 'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec "$@"';

describe.skipIf(!mayBuild)("a root out of a container image, with podman and upstream's containerfile", () => {
  let registry: LoopbackRegistry;
  let project: TinyProject;
  const path = (name: string) => join(project.directory, name);
  const base = () => `${registry.address}/base/tiny:1`;
  const run = (...words: readonly string[]) =>
    dibkit([...words, "--cache-dir", path("store")], {
      cwd: project.directory,
      env: {
        DIB_LIB: upstreamVersion("3.40"),
        DIB_RELEASE: "tiny",
        DIB_CONTAINERFILE_DOCKERFILE: path("Containerfile"),
        DIB_CONTAINERFILE_BUILDOPTS: "--tls-verify=false",
        CONTAINERS_CONF: path("containers.conf"),
      },
      through: ["unshare", "--mount", "sh", "-c", WITHOUT_HYBRID, "sh"],
    });
  const build = (element: string, format: string, output: string) => {
    const image = [element, "-n", "-t", format, "--image-size", "0.2", "-o", output];
    return run("build", ...image, "--elements-path", "elements", "--pass-env", "CONTAINERS_CONF");
  };
  let digest = "";

  beforeAll(async () => {
    registry = await openLoopbackRegistry();
    project = tinyProject();
    project.element("tiny-os", { "root.d/10-tiny": tinyOs(["bash", "sh", "cat", "env", "ls", "mkdir", "rm"]) });
    writeFileSync(path("containers.conf"), ENGINE);
    writeFileSync(path("Containerfile"), `FROM ${base()}\n`);
    const made = await build("tiny-os", "oci", "out/base");
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    const archive = `oci-archive:${path("out/base.oci.tar")}`;
    const copied = await registry.skopeo("copy", "--dest-tls-verify=false", archive, `docker://${base()}`);
    expect(copied, copied.stderr).toMatchObject({ exitCode: 0 });
    const inspected = await registry.skopeo("inspect", "--tls-verify=false", `docker://${base()}`);
    digest = (JSON.parse(inspected.stdout) as { readonly Digest: string }).Digest;
  });
  afterAll(async () => {
    project?.remove();
    await registry?.remove();
  });

  test("is built, and its record has the digest of what FROM names", async () => {
    const before = await runProgram(["podman", "images", "--quiet"]);
    const built = await build("containerfile", "tar", "out/image");
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    expect((await runProgram(["tar", "tf", path("out/image.tar"), "./bin/bash"])).stdout).toBe("./bin/bash\n");
    expect(await runProgram(["podman", "images", "--quiet"])).toMatchObject({ stdout: before.stdout });

    const fetched = await run("fetched");
    expect(fetched.stdout).toContain(
      `root.d/08-containerfile of containerfile\n           image  ${base()}@${digest}\n`,
    );
    const statement = JSON.parse((await run("provenance")).stdout);
    expect(statement.predicate.buildDefinition.resolvedDependencies).toContainEqual({
      name: base(),
      uri: `pkg:oci/tiny@${digest}?repository_url=${encodeURIComponent(`${registry.address}/base/tiny`)}&tag=1`,
      digest: { sha256: digest.slice("sha256:".length) },
    });
  });
});
