import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bashCommand, createCommandRunner, exitCodeOf, namespaceCommand, shellCommand } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { renderHostView } from "../host/host-view.js";
import { chooseNetwork } from "../host/network/choose-network.js";
import { readHost } from "../host/read-host.js";
import { BUILD_DIRECTORY, HOOKS_DIRECTORY, TARGET_DIRECTORY } from "../job/build-directories.js";
import type { RecordedStep } from "../job/build-record.js";
import type { ImageState } from "../job/layer.js";
import type { PastBuild } from "../layers/build-history.js";
import { afterLayer, type LayerStore } from "../layers/layer-store.js";
import { layerKind, layerTrees } from "../layers/open-layer-trees.js";
import { targetEnvironment } from "../plan/base-environment.js";
import { serialiseEnvironment } from "../plan/environment-capture.js";
import { openEnvironment } from "../plan/secrets.js";
import { bulkPaths, createBuildPaths } from "./build-session.js";
import { renderStepScript } from "./step-script.js";
import { removeBulk } from "./sweep-builds.js";

/** The moment of a build that a shell is wanted for. */
export interface ShellMoment {
  readonly step: RecordedStep;
  readonly when: "before" | "after";
}

export interface ShellRequest {
  /** Words of a command; empty for a shell. */
  readonly command: readonly string[];
  /** The command gets the terminal. */
  readonly interactive: boolean;
  /** `TERM`. */
  readonly terminalType: string;
  /** The caller's variables, from which secrets are filled in again: they are not kept. */
  readonly callerEnvironment?: Readonly<Record<string, string | undefined>>;
  /** Lines the command prints when it does not have the terminal. */
  readonly onOutput: (line: string) => void;
}

/** The step a word such as `install.d/50-nginx` means, or without one the step that failed, else the last one. */
export function findMoment(
  build: PastBuild,
  word: string | undefined,
  when: "before" | "after",
): Result<ShellMoment, string> {
  const { steps } = build.record;
  const layered = steps.filter((step) => !step.onDisk);
  const lastLayered = layered.at(-1);
  const wanted =
    word === undefined ? (steps.find((step) => step.layer === undefined) ?? lastLayered) : named(steps, word);
  if (wanted === undefined) {
    const names = layered.map(({ label }) => `${label.phase}/${label.script}`).join(", ");
    return err(word === undefined ? "the build has no steps" : `no step "${word}"; the steps are ${names}`);
  }
  // The disk is not kept, but the tree it was made from is.
  if (wanted.onDisk && lastLayered !== undefined) return ok({ step: lastLayered, when: "after" });
  return ok({ step: wanted, when: wanted.layer === undefined ? "before" : word === undefined ? "after" : when });
}

function named(steps: readonly RecordedStep[], word: string): RecordedStep | undefined {
  return steps.find(({ label }) => `${label.phase}/${label.script}` === word || label.script === word);
}

/** The state of the image at a moment; undefined when its layers are gone. */
export async function stateAt(store: LayerStore, moment: ShellMoment): Promise<ImageState | undefined> {
  const { step, when } = moment;
  if (when === "before" || step.layer === undefined) return step.before;
  const entry = await store.named(step.layer);
  return entry?.kind === "step" ? afterLayer(step.before, entry) : undefined;
}

/**
 * Runs a command, or an interactive shell, in the image as it was at a moment of a past build, with the environment of
 * that phase. Changes are thrown away. Gives the exit code.
 */
export async function openShell(
  store: LayerStore,
  build: PastBuild,
  moment: ShellMoment,
  state: ImageState,
  { command, interactive, terminalType, callerEnvironment = {}, onOutput }: ShellRequest,
): Promise<number> {
  const { job } = build;
  const id = `shell-${process.pid}`;
  const paths = await createBuildPaths(store.directory, id);
  for (const path of bulkPaths(paths)) mkdirSync(path, { recursive: true });
  const sealed = build.record.environments[moment.step.label.phase] ?? {};
  const environment = openEnvironment(
    sealed,
    Object.fromEntries(job.secrets.map((name) => [name, callerEnvironment[name] ?? ""])),
  );
  writeFileSync(
    join(paths.staging, "environment"),
    serialiseEnvironment({ ...targetEnvironment(environment), TERM: terminalType }),
    {
      mode: 0o600,
    },
  );
  const commands = createCommandRunner();
  const hooksBase = join(store.directory, "builds", job.id, "hooks");
  const kind = (await layerKind(store)) ?? "overlay";
  const trees = layerTrees(kind, { store, commands, hooksBase, scratch: paths.scratch });
  const shown = await trees.show(state, paths.staging);
  const network = chooseNetwork(job.request);
  const script = renderStepScript({
    network,
    trees: [shown.root, shown.hooks],
    target: TARGET_DIRECTORY,
    mounts: state.mounts,
    staging: paths.staging,
    named: { DIB_IMAGE_CACHE: job.request.imageCache, DIB_LOCKFILES: job.request.lockFiles },
    chroot: true,
    hooksInTarget: HOOKS_DIRECTORY,
    command: command.length > 0 ? command : ["bash"],
    workingDirectory: "/",
    environmentFile: join(paths.staging, "environment"),
    mountTableFile: "/dev/null",
    ...(interactive ? { interactive } : {}),
  });
  const prepare = shellCommand("mkdir", "-p", TARGET_DIRECTORY, HOOKS_DIRECTORY, BUILD_DIRECTORY);
  const view = {
    ...readHost(),
    mountPoint: paths.view,
    scratch: paths.viewScratch,
    writable: [store.directory, job.request.imageCache],
  };
  const inView = renderHostView(view, bashCommand(`${prepare}\n${script}`));
  // Held for as long as the shell is open, so that no build takes its directories for leftovers.
  const locked = ["setpriv", "--pdeathsig", "KILL", "--", "flock", "--close", paths.lock];
  try {
    const done = await commands.run([...locked, ...namespaceCommand(bashCommand(inView), network.namespaces)], {
      cwd: "/",
      ...(interactive ? { stdio: "inherit" as const } : {}),
      onOutput,
    });
    return done.ok ? 0 : exitCodeOf(done.error);
  } finally {
    await removeBulk(store.directory, id);
    rmSync(paths.directory, { recursive: true, force: true });
  }
}
