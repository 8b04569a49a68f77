import type { LayerMeta } from "./layer.js";

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of an age such as `30m`, `12h`, `7d` or `2w`; undefined when it is none. */
export function parseAge(text: string): number | undefined {
  const match = /^(\d+)([mhdw])$/.exec(text);
  const unit = SECONDS[match?.[2] ?? ""];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

/** Whether a layer was made longer ago than `--max-age` allows. */
export function isTooOld(meta: Pick<LayerMeta, "created">, maxAge: string | undefined, now = Date.now()): boolean {
  const seconds = maxAge === undefined ? undefined : parseAge(maxAge);
  return seconds !== undefined && now - Date.parse(meta.created) > seconds * 1000;
}
