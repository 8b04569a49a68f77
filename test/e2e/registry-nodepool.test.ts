import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { dibkitProgram, runProgram } from "./dibkit.js";
import { type LoopbackRegistry, openLoopbackRegistry } from "./loopback-registry.js";

const STEP = "install.d/50-agent";
const COMPAT = ["--qemu-img-options", "compat=0.10"];

let registry: LoopbackRegistry;
let project: TinyProject;
let directory: string;

beforeAll(async () => {
  if (!mayBuild) return;
  directory = mkdtempSync(join(tmpdir(), "dibkit-nodepool-"));
  registry = await openLoopbackRegistry();
  project = tinyProject();
  project.element("agent", { [STEP]: "#!/bin/bash\necho $AGENT_PORT > /etc/agent\n" });
  writeFileSync(join(directory, "wrong.key"), "nonsense");
});

afterAll(async () => {
  project?.remove();
  await registry?.remove();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/**
 * The command as Nodepool's builder makes it of a `diskimage`: shell words, both outputs into its log, and what its
 * environment has besides the builder's own.
 */
function nodepoolBuild(builder: string, image: string, envVars: Readonly<Record<string, string>> = {}) {
  const images = join(directory, builder, "images");
  const home = join(directory, builder, "home");
  for (const place of [images, home]) mkdirSync(place, { recursive: true });
  const filename = join(images, image);
  const program = join(dirname(dibkitProgram), "dibkit-image-create.js");
  const words = ["-x", "-t", "qcow2", "--checksum", "--no-tmpfs", ...COMPAT, "-o", filename, "tiny-os", "agent"];
  const env = {
    ...{ HOME: home, DIBKIT_CACHE: join(directory, builder, "store"), DIB_LOCKFILES: join(home, "locks") },
    ...{ DIB_RELEASE: "", DIB_IMAGE_NAME: "agent", DIB_IMAGE_FILENAME: filename },
    ...{ ELEMENTS_PATH: join(project.directory, "elements"), SKIP_BASE: "1", DIB_IMAGE_SIZE: "0.2", ARCH: "amd64" },
    ...{ AGENT_PORT: "4000", DIBKIT_CACHE_FROM: address(), DIBKIT_CACHE_TO: address(), ...envVars },
  };
  return runProgram([process.execPath, program, ...words], { cwd: home, env });
}

const address = () => `${registry.address}/nodepool/cache`;

describe.skipIf(!mayBuild)("dibkit-image-create as the dib-cmd of a Nodepool builder", () => {
  test("two builders at once: both images are there with their checksums, and the layers are shared", async () => {
    const [a, b] = await Promise.all([
      nodepoolBuild("one", "agent-0000000001"),
      nodepoolBuild("two", "agent-0000000002"),
    ]);
    expect(a.exitCode, a.stdout + a.stderr).toBe(0);
    expect(b.exitCode, b.stdout + b.stderr).toBe(0);
    checkImages("one", "agent-0000000001");
    checkImages("two", "agent-0000000002");
  });

  test("a third builder runs no script, though its image has another name", async () => {
    const run = await nodepoolBuild("three", "agent-0000000003");
    expect(run.exitCode, run.stdout + run.stderr).toBe(0);
    checkImages("three", "agent-0000000003");
    const store = await openLayerStore(join(directory, "three/store"));
    const made = (await store.all()).filter(({ kind, origin }) => kind === "step" && origin === undefined);
    expect(made.map(({ label }) => `${label.phase}/${label.script}`)).toEqual([]);
  });

  test("a key that is none ends the build before anything is run", async () => {
    const run = await nodepoolBuild("four", "agent-0000000004", { DIBKIT_CACHE_TRUST: join(directory, "wrong.key") });
    expect(run.exitCode).not.toBe(0);
    expect(run.stdout + run.stderr).toContain(
      `--cache-trust is "${directory}/wrong.key" but that is not a public key in PEM`,
    );
    expect(readdirSync(join(directory, "four/images"))).toEqual([]);
  });
});

/** What Nodepool looks for: `NAME-BUILD.TYPE` in its images directory, and the checksums beside it. */
function checkImages(builder: string, image: string): void {
  const images = join(directory, builder, "images");
  const files = readdirSync(images).filter((name) => !name.endsWith(".d"));
  expect(files.sort()).toEqual([`${image}.qcow2`, `${image}.qcow2.md5`, `${image}.qcow2.sha256`]);
  const bytes = readFileSync(join(images, `${image}.qcow2`));
  const [sum] = readFileSync(join(images, `${image}.qcow2.sha256`), "utf8").split(/\s/);
  expect(sum).toBe(createHash("sha256").update(bytes).digest("hex"));
}
