import { join } from "node:path";
import { findProgram } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BootFailure } from "../boot-failure.js";
import type { BootOptions } from "../boot-options.js";
import { freePort } from "../free-port.js";
import { runBoot } from "../run-boot.js";
import { lastLine, SHOWN_LINES } from "../run-checks.js";
import type { MachineTask } from "../run-machine.js";
import { makeSeedDisk, SEED_TOOL } from "./cloud-init-seed.js";
import { openSession, type Session, type Typed } from "./open-session.js";
import type { CommandOutput } from "./session-channel.js";
import { bootHook, credentialStrings, type SessionAccess, type SessionWay } from "./session-ways.js";

export interface LiveMachineOptions extends Omit<BootOptions, "pattern" | "exchanges" | "http" | "mayReboot"> {
  /** How the machine lets the session in; default `auto`. */
  readonly access?: SessionAccess;
  /** What cloud-init is told, such as `#cloud-config` and lines of YAML; for `auto` and `cloud-init`. */
  readonly userData?: string;
}

/** A machine that runs until it is stopped. Each call waits for those before it. */
export interface LiveMachine {
  readonly accelerator: "kvm" | "tcg";
  /** Which way the session of this boot came: `credentials`, `cloud-init` or `login`. */
  readonly way: () => string;
  /** Runs a command with the machine's `sh`, as root in `/`; ended after so many seconds. */
  readonly run: (command: string, input: Uint8Array, seconds: number) => Promise<Result<CommandOutput, BootFailure>>;
  /** Starts the machine again, its disk as it is, answers its console, and waits until it has started. */
  readonly reboot: (seconds: number, typed?: readonly Typed[]) => Promise<Result<undefined, BootFailure>>;
  /** Port of 127.0.0.1 that leads to a TCP port of the machine. */
  readonly forward: (guestPort: number) => Promise<number>;
  /** Ends the machine as pulling its plug would. */
  readonly stop: () => Promise<void>;
}

const REBOOT = "systemctl --no-block reboot 2>/dev/null || reboot";

const NOTHING_TO_DO = "#cloud-config\n{}\n";

/** Starts a machine from an image that is not changed, and resolves when it has started and takes commands. */
export async function startMachine(
  imagePath: string,
  { access = "auto", userData = NOTHING_TO_DO, ...options }: LiveMachineOptions,
): Promise<Result<LiveMachine, BootFailure>> {
  const ways = offeredWays(access, options);
  const devices: MachineTask["devices"] = async (directory, commands) => {
    const sockets = { portSocket: join(directory, "session"), monitorSocket: join(directory, "monitor") };
    const vendorStrings = ways.includes("credentials") ? credentialStrings() : [];
    if (!ways.includes("cloud-init")) return ok({ ...sockets, vendorStrings });
    const seed = await makeSeedDisk(directory, { userData, vendorData: bootHook() }, commands);
    return seed.ok ? ok({ ...sockets, vendorStrings, seedDisk: seed.value }) : seed;
  };
  const stopRequested = new AbortController();
  let started: (session: Session) => void = () => {};
  const ready = new Promise<Session>((resolve) => {
    started = resolve;
  });
  const ended = runBoot(
    imagePath,
    { ...options, mayReboot: true },
    {
      devices,
      checks: async (watch) => {
        const { session: sockets } = watch.settings;
        const session = sockets === undefined ? undefined : await openSession(watch, sockets, access, ways);
        if (session === undefined) return "stopped";
        try {
          const failure = await session.start(watch);
          if (failure !== undefined) return failure;
          started(session);
          await anyOf(stopRequested.signal, watch.stopped);
          return watch.stopped.aborted ? "stopped" : undefined;
        } finally {
          session.close();
        }
      },
    },
  );
  const session = await Promise.race([ready, ended]);
  if ("ok" in session) return session.ok ? err({ kind: "aborted", message: "the machine was stopped" }) : session;
  const stop = async () => {
    stopRequested.abort();
    await ended;
  };
  return ok(liveMachine(session, ended, stop));
}

function offeredWays(
  access: SessionAccess,
  { serialNumber, env = process.env }: LiveMachineOptions,
): readonly SessionWay[] {
  if (typeof access === "object") return ["login"];
  if (access !== "auto") return [access];
  // A serial number may lead cloud-init to other data. Without the tool, images with new systemd can still be booted.
  const seed = serialNumber === undefined && findProgram(SEED_TOOL.program, env) !== undefined;
  return seed ? ["credentials", "cloud-init"] : ["credentials"];
}

function anyOf(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    any.addEventListener("abort", () => resolve());
  });
}

function liveMachine(
  { watch, channel, monitor, start }: Session,
  ended: Promise<Result<unknown, BootFailure>>,
  stop: () => Promise<void>,
): LiveMachine {
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = before.then(action);
    before = result.catch(() => {});
    return result;
  };
  const gone = async (): Promise<BootFailure> => {
    const result = await ended;
    return result.ok ? { kind: "aborted", message: "the machine was stopped" } : result.error;
  };
  const ports = new Map<number, Promise<number>>();
  const run: LiveMachine["run"] = async (command, input, seconds) => {
    const answer = await channel.request(command, input, seconds);
    if ("output" in answer) return ok(answer.output);
    const lines = await watch.console.screen.lastLines(SHOWN_LINES);
    const what = `command "${command}"`;
    if ("late" in answer) {
      const message = `${what} had not ended within ${seconds} s; on the console ${lastLine(lines)}`;
      return err({ kind: "timeout", message, console: lines });
    }
    if (watch.stopped.aborted) return err(await gone());
    return err({ kind: "machine-stopped", message: `${what} got no answer: ${answer.lost}`, console: lines });
  };
  const reboot: LiveMachine["reboot"] = async (seconds, typed): Promise<Result<undefined, BootFailure>> => {
    const bootId = channel.greeting()?.bootId;
    const untilMs = performance.now() + seconds * 1000;
    watch.console.forget();
    const asked = await run(REBOOT, Buffer.alloc(0), 60);
    // A machine that is quick to go down gives no answer.
    if (!asked.ok && asked.error.kind !== "machine-stopped") return asked;
    const options = { ...watch.options, timeoutSeconds: seconds };
    const ending = await start({ ...watch, options, untilMs, mayHang: false }, bootId, typed);
    if (ending === undefined) return ok(undefined);
    if (ending === "stopped" || ending === "hung") return err(await gone());
    if (ending !== "locked-up") return err(ending);
    const lines = await watch.console.screen.lastLines(SHOWN_LINES);
    const message = `a processor of the machine has locked up; ${lastLine(lines)}`;
    return err({ kind: "system-failed", message, console: lines });
  };
  const forward = async (guestPort: number): Promise<number> => {
    const hostPort = await freePort();
    const line = `hostfwd_add network tcp:127.0.0.1:${hostPort}-:${guestPort}`;
    const said = await monitor.execute("human-monitor-command", { "command-line": line });
    if (!said.ok || said.value !== "") throw new Error(`QEMU forwards no port: ${said.ok ? said.value : said.error}`);
    return hostPort;
  };
  return {
    accelerator: watch.settings.accelerator.name,
    way: () => channel.greeting()?.way ?? "",
    run: (command, input, seconds) => inTurn(() => run(command, input, seconds)),
    reboot: (seconds, typed) => inTurn(() => reboot(seconds, typed)),
    forward: (guestPort) => {
      const port = ports.get(guestPort) ?? forward(guestPort);
      ports.set(guestPort, port);
      return port;
    },
    stop,
  };
}
