import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { keepUnfit } from "./accelerator/choose-accelerator.js";
import type { BootFailure } from "./boot-failure.js";
import type { BootOptions, BootReport } from "./boot-options.js";
import { prepareMachine } from "./prepare-machine.js";
import { type MachineTask, runMachine } from "./run-machine.js";

/**
 * Starts a machine from an image and does a task with it. A machine that KVM hangs, or with which QEMU crashes under KVM,
 * is started again without; one of which an emulated processor locks up, with one processor. The image is not changed, and QEMU is gone when this returns or dibkit dies.
 */
export async function runBoot(
  imagePath: string,
  options: BootOptions,
  task: MachineTask,
): Promise<Result<BootReport, BootFailure>> {
  const directory = await mkdtemp(join(tmpdir(), "dibkit-boot-"));
  // A process that ends while a machine runs leaves nothing either.
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const end = new AbortController();
  const stop = () => end.abort();
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted) stop();
  try {
    await mkdir(dirname(options.consoleLog), { recursive: true });
    await writeFile(options.consoleLog, "");
    return await bootIn(directory, imagePath, options, task, end.signal);
  } finally {
    stop();
    options.signal?.removeEventListener("abort", stop);
    process.off("exit", remove);
    await rm(directory, { recursive: true, force: true });
  }
}

async function bootIn(
  directory: string,
  imagePath: string,
  options: BootOptions,
  task: MachineTask,
  signal: AbortSignal,
): Promise<Result<BootReport, BootFailure>> {
  const env = options.env ?? process.env;
  const commands = createCommandRunner({ signal, env });
  const proving = { commands, env, signal };
  const devices = await task.devices?.(directory, commands);
  if (devices?.ok === false) return devices;
  const prepared = await prepareMachine(imagePath, options, directory, proving, devices?.value);
  if (!prepared.ok) return prepared;
  const { settings, why } = prepared.value;
  if (why !== undefined) options.onNote?.(`boots ${settings.accelerator.how}: ${why}`);
  const untilMs = performance.now() + options.timeoutSeconds * 1000;
  let machine = prepared.value;
  let remember = () => {};
  // At most from an accelerator to emulation, and from there to one processor.
  for (;;) {
    const outcome = await runMachine(machine, options, task, { commands, untilMs, signal });
    if (!("unfit" in outcome)) {
      if (outcome.ok) remember();
      return outcome;
    }
    const { seen, remembered, lasting, again } = outcome.unfit;
    const next = await prepareMachine(imagePath, { ...options, ...again }, directory, proving, devices?.value);
    if (!next.ok) return next;
    const { accelerator } = machine.settings;
    const { how } = next.value.settings.accelerator;
    const alone = again.cpus === undefined ? "" : " with one processor";
    options.onNote?.(`${seen} ${accelerator.how}: it is started again ${how}${alone}`);
    const unfit = machine.settings;
    if (lasting) remember = () => keepUnfit(accelerator, unfit, remembered, env);
    machine = next.value;
  }
}
