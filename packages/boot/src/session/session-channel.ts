import type { Socket } from "node:net";
import { SESSION_AGENT_SCRIPT } from "./session-agent-sh.js";
import { takeLines } from "./socket-lines.js";

/** A machine whose side of the session has been started. */
export interface Greeting {
  /** By what: `credentials`, `cloud-init` or `login`. */
  readonly way: string;
  /** The kernel's id of this boot. */
  readonly bootId: string;
}

/** What a command in the machine printed, and how it ended. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** How a request ended. */
export type Answer =
  | { readonly output: CommandOutput }
  /** The command was ended, as its time was over, or the machine says nothing any more. */
  | { readonly late: true }
  /** There will be no answer. */
  | { readonly lost: string };

/** The host's side of a session: sends the agent into the machine, and requests to the agent. */
export interface SessionChannel {
  /** Undefined while nothing in the machine listens. */
  readonly greeting: () => Greeting | undefined;
  /** The greeting of a machine that is not in the boot `but`, at once where it listens already. */
  readonly greeted: (but?: string) => Promise<Greeting>;
  /** One at a time. `seconds` is the time after which the machine ends the command. */
  readonly request: (command: string, input: Uint8Array, seconds: number) => Promise<Answer>;
  /** Nothing in the machine listens any more; an answer that is on its way still comes. */
  readonly left: () => void;
  readonly close: () => void;
}

interface Open {
  readonly id: number;
  readonly out: Buffer[];
  readonly err: Buffer[];
  readonly settle: (answer: Answer) => void;
}

/** How much later than the command's end its answer may be. */
const GRACE_SECONDS = 60;
const ON_ITS_WAY_MS = 2000;

export function openSessionChannel(socket: Socket): SessionChannel {
  let greeting: Greeting | undefined;
  let way = "";
  let open: Open | undefined;
  let last = 0;
  const waiting = new Set<(greeting: Greeting) => void>();
  const settle = (answer: Answer) => {
    open?.settle(answer);
    open = undefined;
  };
  const greet = (bootId: string) => {
    settle({ lost: "the session in the machine was started again before there was an answer" });
    greeting = { way, bootId };
    for (const resolve of waiting) resolve(greeting);
  };
  const close = () => {
    greeting = undefined;
    settle({ lost: "the machine has ended" });
  };
  socket.on("close", close);
  takeLines(socket, (line) => {
    const [word, id, value] = line.split(" ");
    if (word === "start" && id !== undefined) {
      way = id;
      const agent = Buffer.from(SESSION_AGENT_SCRIPT);
      // It looks for the beginning of a line.
      socket.write(Buffer.concat([Buffer.from(`\nagent ${agent.length}\n`), agent]));
    } else if (word === "hello" && id !== undefined) greet(id);
    else if (open === undefined || Number(id) !== open.id || value === undefined) return;
    else if (word === "out") open.out.push(Buffer.from(value, "base64"));
    else if (word === "err") open.err.push(Buffer.from(value, "base64"));
    else if (word === "end" && value === "late") settle({ late: true });
    else if (word === "end") {
      const { out, err } = open;
      settle({ output: { exitCode: Number(value), stdout: Buffer.concat(out), stderr: Buffer.concat(err) } });
    }
  });
  return {
    greeting: () => greeting,
    greeted: (but) =>
      new Promise((resolve) => {
        const take = (one: Greeting) => {
          if (one.bootId === but) return;
          waiting.delete(take);
          resolve(one);
        };
        waiting.add(take);
        if (greeting !== undefined) take(greeting);
      }),
    request: (command, input, seconds) =>
      new Promise((resolve) => {
        if (greeting === undefined) return resolve({ lost: "nothing in the machine listens" });
        last += 1;
        const silence = setTimeout(() => settle({ late: true }), (seconds + GRACE_SECONDS) * 1000);
        open = {
          ...{ id: last, out: [], err: [] },
          settle: (answer) => {
            clearTimeout(silence);
            resolve(answer);
          },
        };
        const words = Buffer.from(command);
        const head = `run ${last} ${Math.ceil(seconds)} ${words.length} ${input.length}\n`;
        socket.write(Buffer.concat([Buffer.from(head), words, input]));
      }),
    left: () => {
      greeting = undefined;
      const id = open?.id;
      if (id === undefined) return;
      setTimeout(() => open?.id === id && settle({ lost: "the session in the machine has ended" }), ON_ITS_WAY_MS);
    },
    close: () => socket.destroy(),
  };
}
