import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { jsonOf } from "@dibkit/model";
import { execa } from "execa";
import { bashCommand } from "./bash-command.js";
import { createOutputTail, KEPT_TAIL_LINES } from "./output-tail.js";
import { tidiedCommand } from "./tidied-command.js";

export interface WorkerProcess {
  /** Resolves when the process and everything it started are gone. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly tail: readonly string[] }>;
  /** Asks it to stop in order; ten seconds later it is killed, and the kernel cleans up after it. */
  stop(): void;
}

export interface WorkerRequest {
  /** Bash script that becomes the first process of fresh namespaces. */
  readonly script: string;
  /** Bash script that runs when everything is over, also when this process was killed meanwhile. */
  readonly tidy: string;
  /** First line of the worker's standard input, for what must not be written to disk. */
  readonly greeting: string;
  /** The worker stays in the terminal's process group. */
  readonly terminal: boolean;
}

const PATIENCE_MS = 10_000;

/**
 * Starts a script as the first process of fresh namespaces, tied to this process: whatever ends dibkit ends it too.
 * Each line of its standard output is a message; its standard error is kept as a tail.
 */
export function startWorker(request: WorkerRequest, onMessage: (message: unknown) => void): WorkerProcess {
  const [program, ...args] = tidiedCommand(bashCommand(request.script), request.tidy);
  const child = execa(program ?? "", args, {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    reject: false,
    // Away from the terminal's process group, so that Ctrl-C reaches dibkit alone, which then stops in order.
    detached: !request.terminal,
    cleanup: true,
    cwd: "/",
  });
  const tail = createOutputTail(KEPT_TAIL_LINES);
  const messages = createInterface({ input: child.stdout as Readable });
  messages.on("line", (line) => {
    // The last line of a worker that was killed may be half of a message.
    const message = jsonOf(line);
    if (message !== undefined) onMessage(message);
  });
  createInterface({ input: child.stderr as Readable }).on("line", (line) => tail.add(line));
  const drained = new Promise<void>((resolve) => messages.once("close", resolve));
  let timer: NodeJS.Timeout | undefined;
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(`${request.greeting}\n`);
  const ended = (async () => {
    const result = await child;
    await drained;
    clearTimeout(timer);
    return { exitCode: result.exitCode, tail: tail.lines() };
  })();
  return {
    ended,
    stop() {
      child.stdin?.write("stop\n");
      // Not SIGKILL: what tidies up afterwards has to live, and kills the rest itself.
      timer ??= setTimeout(() => child.kill("SIGTERM"), PATIENCE_MS);
    },
  };
}
