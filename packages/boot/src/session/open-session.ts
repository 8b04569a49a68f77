import type { BootFailure } from "../boot-failure.js";
import { connectSocket } from "../connect-socket.js";
import type { Wait, WaitLimits } from "../console.js";
import { SESSION_PORT, type SessionDevices } from "../qemu-arguments.js";
import { type Ending, expectText, expectWait, lastLine, SHOWN_LINES, type Wanted, type Watch } from "../run-checks.js";
import { type Monitor, openMonitor } from "./monitor.js";
import { type CommandOutput, openSessionChannel, type SessionChannel } from "./session-channel.js";
import { type ConsoleLogin, type SessionAccess, type SessionWay, typedStart } from "./session-ways.js";

/** Something typed at the console of a machine that starts, such as a choice in the menu of its boot loader. */
export interface Typed {
  /** What the console shows by then. */
  readonly when: RegExp;
  /** A carriage return is added. */
  readonly send: string;
}

/** A session with one machine, from the host's side. */
export interface Session {
  readonly watch: Watch;
  readonly channel: SessionChannel;
  readonly monitor: Monitor;
  /** Waits until the machine has started. `but`: the boot that is to be over; `typed`: what its console is answered first. */
  readonly start: (watch: Watch, but?: string, typed?: readonly Typed[]) => Promise<Ending>;
  readonly close: () => void;
}

/** How often a machine is told of a port, until its side of the session is there. */
const NUDGE_MS = 2500;

/** Connects to a machine that has just been started; undefined when it has ended. */
export async function openSession(
  watch: Watch,
  { portSocket, monitorSocket }: SessionDevices,
  access: SessionAccess,
  ways: readonly SessionWay[],
): Promise<Session | undefined> {
  const port = await connectSocket(portSocket, watch.stopped);
  const control = await connectSocket(monitorSocket, watch.stopped);
  if (port === undefined || control === undefined) return undefined;
  const channel = openSessionChannel(port);
  const monitor = openMonitor(control, ({ event, data }) => {
    if (event === "RESET" || (event === "VSERPORT_CHANGE" && data?.id === "session" && data.open === false))
      channel.left();
  });
  const end = new AbortController();
  if (ways.includes("credentials")) void nudge(monitor, channel, end.signal);
  return {
    watch,
    channel,
    monitor,
    start: async (now, but, typed = []) => {
      for (const { when, send } of typed) {
        const ending = await expectText(now, when, false);
        if (ending !== undefined) return ending;
        now.console.type(`${send}\r`);
      }
      const login = typeof access === "object" ? await logIn(now, access) : undefined;
      return login ?? (await expectStart(now, channel, ways, but));
    },
    close: () => {
      end.abort();
      channel.close();
      monitor.close();
    },
  };
}

/** udev reads a rule that came while it runs when the next device comes, so one comes and goes. */
async function nudge(monitor: Monitor, channel: SessionChannel, signal: AbortSignal): Promise<void> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, NUDGE_MS).unref());
  for (let count = 1; !signal.aborted; count++) {
    await pause();
    if (channel.greeting() !== undefined || signal.aborted) continue;
    const id = `nudge${count}`;
    await monitor.execute("device_add", { driver: "virtserialport", id, name: `${SESSION_PORT}.nudge` });
    await pause();
    await monitor.execute("device_del", { id });
  }
}

async function logIn(watch: Watch, { user, password }: ConsoleLogin): Promise<Ending> {
  const steps: readonly (readonly [string | undefined, RegExp])[] = [
    [undefined, /login:/],
    [user, /Password:/],
    // The kernel may say something right behind the prompt.
    [password, /[#$] (\[|$)|Login incorrect/m],
  ];
  for (const [text, pattern] of steps) {
    if (text !== undefined) watch.console.type(`${text}\r`);
    const ending = await expectText(watch, pattern, watch.mayHang && text === undefined);
    if (ending !== undefined) return ending;
  }
  const lines = await watch.console.screen.lastLines(2);
  if (lines.some((line) => line.includes("Login incorrect")))
    return {
      kind: "cannot-boot",
      message: `"${user}" cannot log in at the console with this password`,
      help: "see which accounts of the image have a usable password",
    };
  watch.console.type(`${typedStart()}\r`);
  return undefined;
}

const NOTHING = /(?!)/;

/** systemd has carried out what starting means; other init systems do not say so. */
const STARTED = "[ ! -d /run/systemd/system ] || systemctl is-system-running --wait >/dev/null 2>&1; echo started";
const JOBS = "systemctl list-jobs --plain --no-legend | awk '$4 == \"running\" { print $2 }'";
const NO_INPUT = Buffer.alloc(0);

async function expectStart(
  watch: Watch,
  channel: SessionChannel,
  ways: readonly SessionWay[],
  but: string | undefined,
): Promise<Ending> {
  for (;;) {
    const ending = await expectGreeting(watch, channel, ways, but);
    if (ending !== undefined) return ending;
    const seconds = Math.max(1, (watch.untilMs - performance.now()) / 1000);
    const answer = await channel.request(STARTED, NO_INPUT, seconds);
    if ("output" in answer && answer.output.stdout.toString() === "started\n") return undefined;
    if ("output" in answer) return cannotRun(watch, channel, answer.output);
    if ("late" in answer) return notStarted(watch, channel);
    // A machine may start itself again at its first start, and is then waited for again.
  }
}

async function cannotRun(watch: Watch, channel: SessionChannel, output: CommandOutput): Promise<BootFailure> {
  const lines = await watch.console.screen.lastLines(SHOWN_LINES);
  const said = output.stderr.toString().trim().split("\n").at(-1);
  const reason = said || `the first one ended with exit code ${output.exitCode} and said nothing; ${lastLine(lines)}`;
  const way = channel.greeting()?.way ?? "a way that is closed again";
  const message = `the machine opened its session by ${way}, but cannot run commands: ${reason}`;
  return { kind: "cannot-boot", message, help: "add sh, base64, head, sed and timeout to the image", console: lines };
}

async function expectGreeting(
  watch: Watch,
  channel: SessionChannel,
  ways: readonly SessionWay[],
  but: string | undefined,
): Promise<Ending> {
  const wanted: Wanted = {
    name: `the session with the machine by ${ways.join(" or ")}`,
    missing: `the machine did not open its session by ${ways.join(" or ")}`,
    came: (way) => `the machine opened its session by ${way}`,
  };
  const greeted = channel.greeted(but).then(({ way }): Wait => ({ found: way }));
  const wait = async (limits: WaitLimits) => {
    const over = new AbortController();
    const trouble = watch.console.waitFor(NOTHING, { ...limits, signal: over.signal });
    return Promise.race([greeted, trouble]).finally(() => over.abort());
  };
  return expectWait(watch, wanted, wait, watch.mayHang);
}

async function notStarted(watch: Watch, channel: SessionChannel): Promise<BootFailure> {
  const jobs = await channel.request(JOBS, NO_INPUT, 30);
  const lines = await watch.console.screen.lastLines(SHOWN_LINES);
  const units = "output" in jobs ? jobs.output.stdout.toString().split("\n").filter(Boolean) : [];
  const reason = units.length === 0 ? lastLine(lines) : `it waits for ${units.join(", ")}`;
  const message = `the system had not started within ${watch.options.timeoutSeconds} seconds; ${reason}`;
  return { kind: "timeout", message, console: lines };
}
