import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Bytes of memory that this job had at its peak: those of its control group, which engines give each job. Undefined where
 * there is none: the group of a whole machine counts what others do too.
 */
export function peakMemory(root = "/sys/fs/cgroup", own = "/proc/self/cgroup"): number | undefined {
  const lines = readText(own)?.trimEnd().split("\n") ?? [];
  for (const line of lines) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const files =
      controllers === ""
        ? [join(root, path, "memory.peak")]
        : controllers.split(",").includes("memory") && path !== "/"
          ? [join(root, "memory", path, "memory.max_usage_in_bytes")]
          : [];
    for (const file of files) {
      const bytes = Number(readText(file)?.trim() || Number.NaN);
      if (Number.isSafeInteger(bytes)) return bytes;
    }
  }
  return undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
