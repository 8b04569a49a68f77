import { constants, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { err, ok, type Result } from "@dibkit/model";
import { execa } from "execa";
import { bashCommand } from "./bash-command.js";
import { commandError } from "./command-error.js";
import { type CommandFailure, type CommandResult, createCommandRunner } from "./command-runner.js";
import { createOutputSink, type OutputOptions } from "./output-sink.js";
import { createOutputTail, KEPT_TAIL_LINES } from "./output-tail.js";
import { SCRIPT_HOST_SCRIPT } from "./script-host-sh.js";

/** Starts scripts, each as the first process of namespaces of its own: one at a time, in the order they are asked for. */
export interface ScriptHost {
  /**
   * Runs the Bash script in a file, and waits until the kernel has taken its processes and mounts. All that it prints
   * counts as standard output. An abort kills it.
   */
  run(script: string, options?: ScriptOptions): Promise<Result<CommandResult, CommandFailure>>;
  /** Ends the process that starts them; to be called when no script runs. */
  close(): Promise<void>;
}

export interface ScriptOptions extends OutputOptions {
  readonly signal?: AbortSignal;
}

/**
 * A host for scripts, whose process is started by the first of them. `fifo` is the path of the FIFO that output comes
 * through, which is made; `options` are for `unshare`, such as `--net`; `enter` are words before the command, such as
 * those of a `LoopbackNamespace`. When the process that called this is gone, a running script is not: it must be in a PID
 * namespace that ends with its caller.
 */
export function createScriptHost(
  fifo: string,
  options: readonly string[] = [],
  enter: readonly string[] = [],
): ScriptHost {
  let started: Promise<StartedHost> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(script, scriptOptions = {}) {
      const next = last.then(async () => {
        started ??= startHost(fifo, options, enter);
        return (await started).run(script, scriptOptions);
      });
      last = next.catch(() => undefined);
      return next;
    },
    async close() {
      await last;
      await (await started)?.close();
      started = undefined;
    },
  };
}

interface StartedHost {
  run(script: string, options: ScriptOptions): Promise<Result<CommandResult, CommandFailure>>;
  close(): Promise<void>;
}

/** A script that runs. */
interface RunningScript {
  started(pid: number): void;
  write(bytes: Buffer): void;
  kill(): void;
  /** Status as a shell has it; undefined when the process that started it is gone. */
  end(status: number | undefined): void;
}

async function startHost(fifo: string, options: readonly string[], enter: readonly string[]): Promise<StartedHost> {
  const made = await createCommandRunner().run(["mkfifo", "-m", "600", "--", fifo]);
  if (!made.ok) throw commandError(`make the FIFO "${fifo}"`, made.error);
  // Open for writing too, so that it has no end before this process wants it to have one.
  const output = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = new Socket({ fd: output, readable: true, writable: false });
  let running: RunningScript | undefined;
  reader.on("data", (bytes: Buffer) => running?.write(bytes));
  const command = bashCommand(SCRIPT_HOST_SCRIPT, "script-host", fifo, ...options);
  const host = execa("setpriv", ["--pdeathsig", "KILL", "--", ...enter, ...command], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
    buffer: false,
    reject: false,
    cwd: "/",
  });
  host.stdin?.on("error", () => undefined);
  createInterface({ input: host.stdout as Readable }).on("line", (line) => {
    const [word, number = ""] = line.split(" ");
    if (word === "started") running?.started(Number(number));
    if (word === "ended") finish(Number(number));
  });
  const gone = host.then(() => {
    running?.kill();
    finish(undefined);
  });
  function finish(status: number | undefined): void {
    if (running === undefined) return;
    drain(output, running.write);
    running.end(status);
    running = undefined;
  }
  return {
    run(script, scriptOptions) {
      if (scriptOptions.signal?.aborted) return Promise.resolve(err({ kind: "aborted", argv: [script], tail: [] }));
      return new Promise((resolve) => {
        running = runningScript(script, scriptOptions, resolve);
        host.stdin?.write(`${script}\0`);
        if (host.exitCode !== null || host.signalCode !== null) finish(undefined);
      });
    },
    async close() {
      host.stdin?.end();
      await gone;
      reader.destroy();
    },
  };
}

function runningScript(
  script: string,
  { signal, ...output }: ScriptOptions,
  resolve: (result: Result<CommandResult, CommandFailure>) => void,
): RunningScript {
  const began = performance.now();
  const tail = createOutputTail(KEPT_TAIL_LINES);
  const sink = createOutputSink(tail, "stdout", output);
  const argv = ["bash", script];
  let process: number | undefined;
  const running: RunningScript = {
    started(pid) {
      process = pid;
      if (signal?.aborted) running.kill();
    },
    write: (bytes) => sink.write(bytes),
    kill() {
      // The namespace goes with it, and every process in there.
      if (process !== undefined) killProcess(process);
    },
    end(status) {
      signal?.removeEventListener("abort", running.kill);
      sink.end();
      const failed = { argv, tail: tail.lines() };
      if (signal?.aborted) resolve(err({ kind: "aborted", ...failed }));
      else if (status === undefined) resolve(err({ kind: "killed", signalName: "SIGKILL", ...failed }));
      else if (status !== 0) resolve(err({ kind: "exited", exitCode: status, ...failed }));
      else resolve(ok({ argv, stdout: "", seconds: (performance.now() - began) / 1000 }));
    },
  };
  signal?.addEventListener("abort", running.kill, { once: true });
  return running;
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Takes what a FIFO holds and nobody has told of yet. */
function drain(fifo: number, write: (bytes: Buffer) => void): void {
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      const length = readSync(fifo, buffer);
      if (length === 0) return;
      write(Buffer.from(buffer.subarray(0, length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;
      throw error;
    }
  }
}
