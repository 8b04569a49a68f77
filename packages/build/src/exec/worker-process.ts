import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { namespaceCommand } from "./namespace-command.js";
import { createOutputTail } from "./output-tail.js";

export interface WorkerProcess {
  /** Resolves when the process and everything it started are gone. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly tail: readonly string[] }>;
  /** Asks it to stop in order; ten seconds later it is killed, and the kernel cleans up after it. */
  stop(): void;
}

const PATIENCE_MS = 10_000;

/**
 * Starts a script as the first process of fresh namespaces, tied to this process: whatever ends dibkit ends it too.
 * Each line of its standard output is a message; its standard error is kept as a tail.
 */
export function startWorker(script: string, onMessage: (message: unknown) => void, terminal: boolean): WorkerProcess {
  const [program, ...args] = namespaceCommand(["bash", "-c", script]);
  const child = execa(program ?? "", args, {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    reject: false,
    // Away from the terminal's process group, so that Ctrl-C reaches dibkit alone, which then stops in order.
    detached: !terminal,
    cleanup: true,
    cwd: "/",
  });
  const tail = createOutputTail(20);
  const messages = createInterface({ input: child.stdout as Readable });
  messages.on("line", (line) => onMessage(JSON.parse(line)));
  createInterface({ input: child.stderr as Readable }).on("line", (line) => tail.add(line));
  const drained = new Promise<void>((resolve) => messages.once("close", resolve));
  let timer: NodeJS.Timeout | undefined;
  child.stdin?.on("error", () => undefined);
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
      timer ??= setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    },
  };
}
