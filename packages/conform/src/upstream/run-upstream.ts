import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import {
  bashCommand,
  type CommandRunner,
  createCommandRunner,
  exitCodeOf,
  namespaceCommand,
  shellCommand,
} from "@dibkit/exec";
import { type Element, type UpstreamInstallation, writeElement } from "@dibkit/model";
import type { BuildRequest } from "@dibkit/runner";
import { neededSocket, readHost, renderHostView, SUDO_SCRIPT } from "@dibkit/runner";
import { detachLeftLoops, losetupShim } from "./detach-left-loops.js";
import { FAT_SHIMS } from "./fat-shims.js";
import { MAPPER_SHIMS } from "./mapper-shims.js";
import { upstreamCommand } from "./upstream-command.js";

export interface UpstreamBuild {
  readonly request: BuildRequest;
  /** Absolute path of the outputs without suffix. */
  readonly image: string;
  readonly elementsPath: readonly string[];
  readonly upstream: UpstreamInstallation;
  /** Elements that are not on disk: they are written for the build, and found first. */
  readonly authored: readonly Element[];
  /** Set for the build over everything else. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface UpstreamWatcher {
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export type UpstreamOutcome =
  /** Absolute paths. */
  | { readonly kind: "built"; readonly outputs: readonly string[] }
  /** `tail` holds the last lines that upstream printed. */
  | { readonly kind: "failed"; readonly exitCode: number; readonly tail: readonly string[] }
  | { readonly kind: "interrupted" };

/**
 * Runs the installed `disk-image-create` on a build request. It runs in namespaces of its own with the host read-only
 * around it, like dibkit's own builds; `sudo` is a shim, because the real one would reset the PATH, and so are
 * `kpartx` and `dmsetup` where there is no device-mapper, and `mount` and `umount` where there is no FAT driver.
 */
export async function runUpstream(build: UpstreamBuild, watcher: UpstreamWatcher): Promise<UpstreamOutcome> {
  const { request, image } = build;
  const work = await mkdtemp(join(request.environment.TMP_DIR || "/tmp", "dibkit-upstream-"));
  const commands = createCommandRunner({ signal: watcher.signal });
  try {
    const paths = await preparePaths(work, build);
    const mapped = (await commands.run(["dmsetup", "version"])).ok;
    await writeShims(paths.bin, {
      sudo: SUDO_SCRIPT,
      losetup: losetupShim(noteOfLoops(work)),
      ...(mapped ? {} : MAPPER_SHIMS),
      ...((await hasFatDriver(commands)) ? {} : FAT_SHIMS),
    });
    const elements = build.authored.length === 0 ? [] : [paths.elements];
    const command = upstreamCommand(request, image, [...elements, ...build.elementsPath], build.upstream);
    const { PATH = "/usr/sbin:/usr/bin:/sbin:/bin" } = command.environment;
    const script = await renderRun(paths, build, command.argv, mapped);
    const done = await commands.run(namespaceCommand(bashCommand(script)), {
      env: { ...command.environment, ...build.environment, TMP_DIR: paths.build, PATH: `${paths.bin}:${PATH}` },
      cwd: "/",
      onOutput: (line) => watcher.onLine(line),
    });
    if (watcher.signal.aborted) return { kind: "interrupted" };
    if (!done.ok) return { kind: "failed", exitCode: exitCodeOf(done.error), tail: done.error.tail };
    return { kind: "built", outputs: request.formats.map((format) => outputOf(image, format)).filter(existsSync) };
  } finally {
    await detachLeftLoops(createCommandRunner(), noteOfLoops(work));
    await rm(work, { recursive: true, force: true });
  }
}

interface RunPaths {
  readonly view: string;
  readonly scratch: string;
  readonly temporary: string;
  /** Where upstream builds. */
  readonly build: string;
  readonly bin: string;
  readonly elements: string;
}

/** List of the loop devices that upstream has attached, in a directory that it can write to. */
function noteOfLoops(work: string): string {
  return join(work, "tmp", ".loop-devices");
}

async function preparePaths(work: string, build: UpstreamBuild): Promise<RunPaths> {
  const path = (name: string) => join(work, name);
  const paths = {
    view: path("view"),
    scratch: path("host"),
    temporary: path("tmp"),
    // The element ramdisk builds inside the image too, where this directory has to be as well.
    build: build.request.ramdiskElement === undefined ? path("tmp") : build.request.environment.TMP_DIR || "/tmp",
    bin: path("bin"),
    elements: path("elements"),
  };
  const { imageCache, lockFiles } = build.request;
  for (const directory of [...Object.values(paths), imageCache, lockFiles, dirname(build.image)]) {
    await mkdir(directory, { recursive: true });
  }
  for (const element of build.authored) writeElement(element, join(paths.elements, element.name));
  return paths;
}

async function hasFatDriver(commands: CommandRunner): Promise<boolean> {
  const built = /\bvfat$/m.test(readFileSync("/proc/filesystems", "utf8"));
  return built || (await commands.run(["modprobe", "vfat"])).ok;
}

async function writeShims(bin: string, shims: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(shims)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
}

async function renderRun(
  paths: RunPaths,
  build: UpstreamBuild,
  argv: readonly string[],
  mapped: boolean,
): Promise<string> {
  const { request } = build;
  const writable = [paths.temporary, paths.build, request.imageCache, request.lockFiles, dirname(build.image)];
  if (request.logFile !== undefined) writable.push(dirname(request.logFile));
  const socket = await neededSocket(request.formats);
  const view = {
    ...readHost(),
    mountPoint: paths.view,
    scratch: paths.scratch,
    writable,
    sockets: socket === undefined ? [] : [{ from: socket, at: socket }],
  };
  const inside = [
    "set -eu",
    // The links of the kpartx shim belong to this build, not to the machine's /dev.
    ...(mapped ? [] : ["mkdir -p /dev/mapper", "mount -t tmpfs tmpfs /dev/mapper"]),
    shellCommand("cd", request.workingDirectory),
    `exec ${shellCommand(...argv)} </dev/null 2>&1`,
  ];
  return renderHostView(view, bashCommand(inside.join("\n")));
}

/** Where upstream writes a format. */
function outputOf(image: string, format: string): string {
  if (!isAbsolute(image)) throw new Error(`the image "${image}" must be an absolute path`);
  return `${image}.${format === "squashfs" ? "squash" : format}`;
}
