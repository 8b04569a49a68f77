import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ProgramRun, runProgram } from "./dibkit.js";

/** Slurm on this machine: munge, a controller and two node daemons, all below one directory. */
export interface SlurmCluster {
  readonly directory: string;
  /** What Slurm's programs, and what calls them, have to know. */
  readonly env: Readonly<Record<string, string>>;
  slurm(...words: readonly string[]): Promise<ProgramRun>;
  /** Ends a node with all that runs on it, as a power failure would. */
  killNode(name: string): Promise<void>;
  startNode(name: string): Promise<void>;
  /** Lets jobs that Slurm has queued again begin at once: it makes them wait two minutes. */
  hurry(): Promise<void>;
  /** The states of all jobs that were ever submitted, by name of the job and index in its array. */
  jobs(): Promise<Readonly<Record<string, string>>>;
  /** Waits for the end of every job. */
  ended(): Promise<void>;
  remove(): Promise<void>;
}

export const NODES = ["n1", "n2"] as const;

/** How long anything may take before its end is not awaited any more. */
const PATIENCE_MS = 20 * 60_000;

/** Why there can be no cluster here; undefined when there can. In CI nothing is skipped. */
export function whyNoSlurm(): string | undefined {
  if (process.env.CI) return undefined;
  const missing = ["sbatch", "slurmctld", "slurmd", "munged"].find((name) => !isThere(name));
  return missing === undefined ? undefined : `${missing} is not installed (Debian packages slurm-wlm and munge)`;
}

function isThere(name: string): boolean {
  return ["/usr/bin", "/usr/sbin"].some((directory) => existsSync(join(directory, name)));
}

export async function openSlurmCluster(): Promise<SlurmCluster> {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-slurm-"));
  // munged wants a path that nobody else can change.
  chmodSync(directory, 0o755);
  const place = (...names: readonly string[]) => join(directory, ...names);
  const running = new Map<string, ChildProcess>();
  const start = (name: string, words: readonly string[]) => {
    const log = openSync(place(`${name}.log`), "a");
    const [program, ...args] = words as [string, ...string[]];
    running.set(name, spawn(program, args, { stdio: ["ignore", log, log], env: { ...process.env, ...env } }));
  };
  const kill = async (name: string) => {
    const child = running.get(name);
    running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await gone;
  };
  const env = { SLURM_CONF: place("slurm.conf") };
  const slurm = (...words: readonly string[]) => runProgram(words, { env, cwd: directory });
  for (const name of ["state", "spool", "munge"]) mkdirSync(place(name));
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  writeFileSync(place("munge/key"), randomBytes(1024), { mode: 0o400 });
  writeFileSync(place("slurm.conf"), slurmConfiguration(directory, ports));
  const cluster: SlurmCluster = {
    directory,
    env,
    slurm,
    async killNode(name) {
      await kill(name);
      // What a site's health check does; Slurm by itself would find out in a minute or two.
      await slurm("scontrol", "update", `NodeName=${name}`, "State=DOWN", "Reason=dead");
    },
    async startNode(name) {
      // In a PID namespace of its own, so that its end is the end of all that it has started.
      const alone = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
      start(name, [...alone, "slurmd", "-D", "-N", name]);
      await until(`node ${name} to be there`, async () => {
        const { stdout } = await slurm("sinfo", "--noheader", "--Node", "--nodes", name, "--format", "%t");
        return /^(idle|mix|alloc)\s*$/m.test(stdout);
      });
    },
    async hurry() {
      const { stdout } = await slurm("squeue", "--noheader", "--states", "PENDING", "--format", "%i %r");
      for (const line of stdout.split("\n")) {
        const id = /^(\S+) BeginTime$/.exec(line.trim())?.[1];
        if (id !== undefined) await slurm("scontrol", "update", `JobId=${id}`, "StartTime=now");
      }
    },
    async jobs() {
      const { stdout } = await slurm("scontrol", "show", "job", "--oneliner");
      const field = (line: string, name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1] ?? "";
      return Object.fromEntries(
        stdout
          .split("\n")
          .filter((line) => line.startsWith("JobId="))
          .map((line) => [`${field(line, "JobName")}_${field(line, "ArrayTaskId")}`, field(line, "JobState")]),
      );
    },
    ended: () =>
      until(
        "every job to end",
        async () => (await slurm("squeue", "--noheader", "--format", "%i")).stdout.trim() === "",
      ),
    async remove() {
      for (const name of [...NODES, "slurmctld", "munged"]) await kill(name);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    const files = ["key-file", "socket", "pid-file", "log-file", "seed-file"].map(
      (name) => `--${name}=${place("munge", name.replace("-file", ""))}`,
    );
    start("munged", ["munged", "--foreground", "--force", ...files]);
    await until("munged to listen", async () => existsSync(place("munge/socket")));
    start("slurmctld", ["slurmctld", "-D", "-c"]);
    await until("slurmctld to answer", async () => (await slurm("scontrol", "ping")).stdout.includes("is UP"));
    for (const name of NODES) await cluster.startNode(name);
    return cluster;
  } catch (error) {
    const logs = [...readdirSync(directory), "munge/log"].filter((name) => name.endsWith("log"));
    const texts = logs.map((name) => `${name}:\n${readFileSync(place(name), "utf8").slice(-2000)}`);
    await cluster.remove();
    throw new Error(`Slurm does not start: ${String(error)}\n${texts.join("\n")}`);
  }
}

function slurmConfiguration(directory: string, [controller, ...nodes]: readonly number[]): string {
  const host = hostname();
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
AuthType=auth/munge
AuthInfo=socket=${directory}/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=6
MessageTimeout=3
KillWait=5
MinJobAge=86400
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool/%n
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/slurmd-%n.pid
${NODES.map((name, at) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodes[at]} CPUs=1 RealMemory=1000 TmpDisk=100000\n`).join("")}PartitionName=all Nodes=${NODES.join(",")} Default=YES State=UP MaxTime=INFINITE
`;
}

/** Waits until something is so; an end that never comes is an error. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await delay(250);
  }
}

/** Scripts of builds ask here whether they may go on: what they did is counted where no sandbox undoes it. */
export interface ScriptGate {
  readonly port: number;
  /** How often a script asked, by its name. */
  readonly asked: ReadonlyMap<string, number>;
  /** Says what scripts of that name are told, those that wait included: `go` or `fail`; undefined lets them wait. */
  answer(name: string, word: "go" | "fail" | undefined): void;
  waitFor(name: string, times: number): Promise<void>;
  close(): Promise<void>;
}

/** Lines of a script that asks the gate, with the words of bash alone. */
export function askGate(gate: Pick<ScriptGate, "port">, name: string): string {
  return `exec 3<> /dev/tcp/127.0.0.1/${gate.port}
echo ${name} >&3
read -r word <&3
test "$word" = go
`;
}

export async function openScriptGate(): Promise<ScriptGate> {
  const asked = new Map<string, number>();
  const answers = new Map<string, string>();
  const waiting = new Map<string, Set<Socket>>();
  const all = new Set<Socket>();
  const server: Server = createServer((socket) => {
    all.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => all.delete(socket));
    socket.once("data", (bytes) => {
      const name = bytes.toString("utf8").trim();
      asked.set(name, (asked.get(name) ?? 0) + 1);
      const word = answers.get(name);
      if (word !== undefined) socket.end(`${word}\n`);
      else waiting.set(name, (waiting.get(name) ?? new Set()).add(socket));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    asked,
    answer(name, word) {
      if (word === undefined) return void answers.delete(name);
      answers.set(name, word);
      for (const socket of waiting.get(name) ?? []) socket.end(`${word}\n`);
      waiting.delete(name);
    },
    waitFor: (name, times) => until(`${name} to ask`, async () => (asked.get(name) ?? 0) >= times),
    async close() {
      for (const socket of all) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
