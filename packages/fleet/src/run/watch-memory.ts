import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface MemoryWatch {
  /** Ends watching; gives the bytes at the peak, undefined where nobody counts them for this job alone. */
  stop(): number | undefined;
}

export interface MemorySources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where control groups are mounted, and the file that names this process's own. */
  readonly root?: string;
  readonly own?: string;
}

const EVERY_MS = 1000;

/**
 * Watches the memory of this job's control group: what processes and files in memory take, without the cache, which grows
 * into whatever there is. Only groups that an engine has made for one job count; others hold what else the machine does.
 */
export function watchMemory(sources: MemorySources): MemoryWatch {
  const file = statFile(sources);
  let peak: number | undefined;
  const look = () => {
    const bytes = file === undefined ? undefined : bytesIn(file);
    if (bytes !== undefined) peak = Math.max(peak ?? 0, bytes);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

function statFile({ env, root = "/sys/fs/cgroup", own = "/proc/self/cgroup" }: MemorySources): string | undefined {
  const job = env.SLURM_JOB_ID === undefined ? undefined : `/job_${env.SLURM_JOB_ID}`;
  for (const line of readText(own)?.trimEnd().split("\n") ?? []) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== "" && !controllers.split(",").includes("memory")) continue;
    // A container of Kubernetes sees its own group as the root.
    const isOwn = job === undefined ? env.KUBERNETES_SERVICE_HOST !== undefined : `${path}/`.includes(`${job}/`);
    if (isOwn) return join(root, controllers === "" ? "" : "memory", path, "memory.stat");
  }
  return undefined;
}

function bytesIn(file: string): number | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const values = new Map(text.split("\n").map((line) => line.split(" ") as [string, string]));
  const of = (...names: readonly string[]) => Number(names.map((name) => values.get(name)).find(Boolean) ?? 0);
  // The second version of control groups, else the first.
  return of("anon", "total_rss") + of("shmem", "total_shmem");
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
