import type { BootFailure, LiveMachine } from "@dibkit/boot";
import { shellQuote } from "@dibkit/exec";
import { MachineTrouble } from "./machine-trouble.js";

/** How a command in a machine ended, and what it printed, as UTF-8. */
export interface CommandRun {
  /** 0 where all went well; 128 and the signal's number when a signal ended it. */
  readonly exitCode: number;
  /** Standard output, as UTF-8. */
  readonly stdout: string;
  /** Standard error, as UTF-8. */
  readonly stderr: string;
}

/** How `machine.run` runs a command. */
export interface CommandRunOptions {
  /** After so many seconds the machine ends the command, and `run` rejects; default 600. */
  readonly timeoutSeconds?: number;
  /** What the command reads on its standard input; default nothing. */
  readonly input?: string | Uint8Array;
}

interface RebootOptions {
  /** Default: what the machine's first start was given. */
  readonly timeoutSeconds?: number;
  /**
   * Typed at the serial console, each with a carriage return, one after the other, when the console shows a text. In
   * GRUB's menu, `{ when: /GNU GRUB/, send: "\u000e" }` goes down (Ctrl-N) and takes the second entry.
   */
  readonly typed?: readonly { readonly when: RegExp; readonly send: string }[];
}

/**
 * A machine that runs an image, whose file stays as it is. Everything that goes to the machine is done one after another.
 * Each function rejects with a `MachineTrouble`, which shows the last lines of the console, when the machine has ended or
 * does not answer in time.
 */
export interface Machine extends AsyncDisposable {
  /** The path of the image. */
  readonly name: string;
  /** `tcg` is software emulation, about ten times as slow. */
  readonly accelerator: "kvm" | "tcg";
  /** How the session of this boot came into the machine: `credentials`, `cloud-init` or `login`. */
  readonly way: string;
  /**
   * Runs a command with the machine's `sh`, as root in `/`, and waits for its end, whatever its exit code is.
   *
   *     const { exitCode, stdout } = await machine.run("nginx -t");
   */
  readonly run: (command: string, options?: CommandRunOptions) => Promise<CommandRun>;
  /**
   * Asks a web server of the machine, as `fetch` does, from the machine that runs the test: a server that listens on the
   * machine's 127.0.0.1 only is not reached. While the port does not answer it is asked again, for 60 seconds.
   *
   *     const answer = await machine.http(80, "/index.html");
   *     expect(await answer.text()).toContain("Hello");
   */
  readonly http: (port: number, path?: string, init?: RequestInit) => Promise<Response>;
  /** Starts the machine again, with what was written to its disk, and waits until it has started. */
  readonly reboot: (options?: RebootOptions) => Promise<void>;
  /** The content of a file. Rejects with an `Error` that says what the machine said when it cannot be read. */
  readonly readFile: (path: string) => Promise<Buffer>;
  /** Writes a file, with the directories above it. `mode` is as in `0o644`, which is the default; the owner is root. */
  readonly writeFile: (
    path: string,
    content: string | Uint8Array,
    options?: { readonly mode?: number },
  ) => Promise<void>;
  /** What systemd's journal has of this boot, of one unit or of all, one entry on a line, oldest first. */
  readonly journal: (unit?: string) => Promise<string>;
  /** Names of systemd's units that have failed, such as `nginx.service`. */
  readonly failedUnits: () => Promise<readonly string[]>;
  /** Ends the machine, as pulling its plug would. What it wrote is gone. */
  readonly stop: () => Promise<void>;
}

const DEFAULT_SECONDS = 600;
const HTTP_SECONDS = 60;

export function machineOf(name: string, live: LiveMachine, bootSeconds: number): Machine {
  const raw = async (command: string, { timeoutSeconds = DEFAULT_SECONDS, input = "" }: CommandRunOptions = {}) => {
    const result = await live.run(command, Buffer.from(input), timeoutSeconds);
    if (result.ok) return result.value;
    throw troubleOf(name, result.error);
  };
  const run: Machine["run"] = async (command, options) => {
    const { exitCode, stdout, stderr } = await raw(command, options);
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  /** What a command prints that has to do what it is for. */
  const must = async (what: string, command: string, options?: CommandRunOptions) => {
    const { exitCode, stdout, stderr } = await raw(command, options);
    if (exitCode === 0) return stdout;
    throw new Error(`"${name}" cannot ${what}: ${stderr.toString().trim() || `exit code ${exitCode}`}`);
  };
  return {
    name,
    accelerator: live.accelerator,
    get way() {
      return live.way();
    },
    run,
    http: async (port, path = "/", init) => {
      if (!path.startsWith("/")) throw new RangeError(`path "${path}" does not begin with "/"`);
      const untilMs = performance.now() + HTTP_SECONDS * 1000;
      const hostPort = await live.forward(port);
      for (;;) {
        try {
          return await fetch(`http://127.0.0.1:${hostPort}${path}`, init);
        } catch (error) {
          const { code } = ((error as Error).cause ?? {}) as { code?: string };
          if (code === undefined) throw error;
          if (performance.now() >= untilMs)
            throw new MachineTrouble(
              `port ${port} of "${name}" did not answer within ${HTTP_SECONDS} seconds (${code})`,
            );
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    },
    reboot: async ({ timeoutSeconds = bootSeconds, typed } = {}) => {
      const result = await live.reboot(timeoutSeconds, typed);
      if (!result.ok) throw troubleOf(name, result.error);
    },
    readFile: (path) => must(`read "${path}"`, `cat -- ${shellQuote(path)}`),
    writeFile: async (path, content, { mode = 0o644 } = {}) => {
      const file = shellQuote(path);
      const command = `mkdir -p -- "$(dirname -- ${file})" && cat >${file} && chmod ${mode.toString(8)} -- ${file}`;
      await must(`write "${path}"`, command, { input: content });
    },
    journal: async (unit) => {
      const only = unit === undefined ? "" : ` --unit ${shellQuote(unit)}`;
      const text = await must("read its journal", `journalctl --boot --no-pager --quiet --output short-iso${only}`);
      return text.toString();
    },
    failedUnits: async () => {
      const list = await must("list units", "systemctl list-units --failed --full --plain --no-legend");
      return [...list.toString().matchAll(/^\S+/gm)].map(([unit]) => unit);
    },
    stop: live.stop,
    [Symbol.asyncDispose]: live.stop,
  };
}

export function troubleOf(name: string, failure: BootFailure): MachineTrouble {
  const console = "console" in failure ? failure.console : undefined;
  return new MachineTrouble(`"${name}": ${failure.message}`, console, "help" in failure ? failure.help : undefined);
}
