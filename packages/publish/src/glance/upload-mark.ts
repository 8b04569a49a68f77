import { createHash } from "node:crypto";
import { hostname } from "node:os";

/**
 * A tag that an image carries only while dibkit uploads it. It names the process, so that a later run can tell an
 * upload that died from one that is still going on.
 */
export interface UploadMark {
  /** A short hash: who uploads is nobody's business. */
  readonly host: string;
  readonly pid: number;
  /** Seconds since the epoch. */
  readonly since: number;
}

const PATTERN = /^dibkit-upload-([0-9a-f]{8})-(\d+)-(\d+)$/;
const FORGOTTEN_SECONDS = 24 * 3600;

export function currentMark(pid: number, nowMs: number): UploadMark {
  const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
  return { host, pid, since: Math.floor(nowMs / 1000) };
}

export function renderMark({ host, pid, since }: UploadMark): string {
  return `dibkit-upload-${host}-${pid}-${since}`;
}

/** The mark among an image's tags. */
export function markOf(tags: readonly string[]): UploadMark | undefined {
  for (const tag of tags) {
    const match = PATTERN.exec(tag);
    if (match) return { host: match[1] ?? "", pid: Number(match[2]), since: Number(match[3]) };
  }
  return undefined;
}

/** Whether nobody uploads this image any more: its process on this host has ended, or a day has passed. */
export function isAbandoned(mark: UploadMark, here: UploadMark, isAlive: (pid: number) => boolean): boolean {
  if (here.since - mark.since > FORGOTTEN_SECONDS) return true;
  return mark.host === here.host && mark.pid !== here.pid && !isAlive(mark.pid);
}

export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
