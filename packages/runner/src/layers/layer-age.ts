import { PHASES, phasesOn } from "@dibkit/model";
import type { LayerEntry } from "../job/layer.js";

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

const PHASE_NAMES: ReadonlySet<string> = new Set(PHASES.map(({ name }) => name));

/** Seconds of an age such as `30m`, `12h`, `7d` or `2w`; undefined when it is none. */
export function parseAge(text: string): number | undefined {
  const match = /^(\d+)([mhdw])$/.exec(text);
  const unit = SECONDS[match?.[2] ?? ""];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

/** The word of `--max-age` that is wrong: each is an age, or an age of one phase (`install.d=7d`). */
export function wrongAge(maxAge: string): string | undefined {
  return maxAge.split(",").find((word) => {
    const [phase, age] = word.includes("=") ? word.split("=") : [undefined, word];
    return parseAge(age ?? "") === undefined || (phase !== undefined && !PHASE_NAMES.has(phase));
  });
}

/** The age that layers of a phase may have; finished outputs may be as old as every phase that works on the disk. */
export function allowedAge(phase: string, maxAge: string | undefined): string | undefined {
  const words = maxAge?.split(",") ?? [];
  const of = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const general = words.find((word) => !word.includes("="));
  // `-p` installs at the end of install.d.
  if (phase === "dibkit") return of("install.d") ?? general;
  if (phase !== "formats") return of(phase) ?? general;
  const ages = [general, ...phasesOn("disk").map(({ name }) => of(name))].filter((age) => age !== undefined);
  return ages.sort((a, b) => (parseAge(a) ?? 0) - (parseAge(b) ?? 0))[0];
}

/** Whether a layer was made longer ago than `--max-age` allows for its phase. */
export function isTooOld(
  { created, label }: Pick<LayerEntry, "created" | "label">,
  maxAge: string | undefined,
  now = Date.now(),
): boolean {
  const seconds = parseAge(allowedAge(label.phase, maxAge) ?? "");
  return seconds !== undefined && now - Date.parse(created) > seconds * 1000;
}
