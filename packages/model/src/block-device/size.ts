// Upstream's unit table (block_device/utils.py): binary units end in "iB", the others are decimal.
const UNITS: ReadonlyMap<string, number> = new Map([
  ["TiB", 1024 ** 4],
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
  ["TB", 1000 ** 4],
  ["GB", 1000 ** 3],
  ["MB", 1000 ** 2],
  ["KB", 1000],
  ["T", 1000 ** 4],
  ["G", 1000 ** 3],
  ["M", 1000 ** 2],
  ["K", 1000],
  ["B", 1],
  ["", 1],
]);

/** Units a size may end with; no unit means bytes. */
export const SIZE_UNITS: readonly string[] = [...UNITS.keys()].filter((unit) => unit !== "");

/** Bytes of a size such as `8GiB`, `1.5G` or `512`; a unit alone counts once. Undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^([\d.]*) ?([a-zA-Z0-9_]*)$/.exec(text);
  const factor = UNITS.get(match?.[2] ?? "?");
  if (match === null || factor === undefined) return undefined;
  const count = match[1] === "" ? 1 : Number(match[1]);
  return Number.isFinite(count) ? Math.trunc(factor * count) : undefined;
}

/** Bytes of a size that may also be a share of `whole`, such as `40%`. */
export function parseRelativeSize(text: string, whole: number): number | undefined {
  if (!text.endsWith("%")) return parseSize(text);
  const percent = percentOf(text);
  return percent === undefined ? undefined : Math.trunc((whole * percent) / 100);
}

/** The number before a trailing `%`; undefined when there is none. */
export function percentOf(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*%$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** Text of a number of bytes in the largest binary unit that divides it, as `parseSize` reads it. */
export function formatSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const factor = UNITS.get(unit) as number;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}
