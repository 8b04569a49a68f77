import type { BuildTimeline, TimelineStep } from "@dibkit/runner";

/** What a stretch of a build's time went into. */
export type SliceKind = "waited" | "ran" | "kept" | "cached" | "failed";

export interface TraceSlice {
  readonly kind: SliceKind;
  /** Seconds since the build began. */
  readonly start: number;
  readonly seconds: number;
}

/** One line of a timeline. */
export interface TraceRow {
  readonly step: TimelineStep;
  readonly slices: readonly TraceSlice[];
}

/**
 * Each step's time in parts: it `waited` while dibkit evaluated `environment.d` and looked for its layer, it `ran`,
 * and its layer was `kept` (measured and committed). The parts of all rows together are the whole build but its end.
 */
export function traceRows({ steps }: BuildTimeline): readonly TraceRow[] {
  let done = 0;
  return steps.map((step) => {
    const slices: TraceSlice[] = [];
    const add = (kind: SliceKind, start: number, end: number) => {
      if (end - start > 0.0005) slices.push({ kind, start, seconds: end - start });
    };
    if (step.outcome === "cached") add("cached", done, step.end);
    else {
      const ran = Math.min(step.start + step.seconds, step.end);
      add("waited", done, step.start);
      add(step.outcome === "ran" ? "ran" : "failed", step.start, ran);
      add("kept", ran, step.end);
    }
    done = step.end;
    return { step, slices };
  });
}

export interface TraceTotals {
  readonly seconds: number;
  readonly waited: number;
  readonly ran: number;
  readonly kept: number;
  /** What looking at cached steps took, and what running them would have taken. */
  readonly cached: number;
  readonly saved: number;
  /** After the last step: outputs put in place, loop devices given back. */
  readonly end: number;
}

/** Where a build's time went, in seconds. */
export function traceTotals(timeline: BuildTimeline): TraceTotals {
  const slices = traceRows(timeline).flatMap((row) => row.slices);
  const sum = (...kinds: readonly SliceKind[]) =>
    slices.filter(({ kind }) => kinds.includes(kind)).reduce((total, { seconds }) => total + seconds, 0);
  const cachedSteps = timeline.steps.filter(({ outcome }) => outcome === "cached");
  return {
    seconds: timeline.seconds,
    waited: sum("waited"),
    ran: sum("ran", "failed"),
    kept: sum("kept"),
    cached: sum("cached"),
    saved: cachedSteps.reduce((total, { seconds }) => total + seconds, 0),
    end: timeline.seconds - (timeline.steps.at(-1)?.end ?? 0),
  };
}

/** How the time of a build was spent, in words; what took no time worth a word is left out. */
export function traceSummary(timeline: BuildTimeline): readonly string[] {
  const { ran, waited, kept, cached, saved, end } = traceTotals(timeline);
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const parts: readonly (readonly [number, string])[] = [
    [ran, `${seconds(ran)} ran`],
    [waited, `${seconds(waited)} waited`],
    [kept, `${seconds(kept)} kept layers`],
    [saved, `${seconds(cached)} for cached steps, which had taken ${seconds(saved)}`],
    [end, `${seconds(end)} after the last step`],
  ];
  return parts.flatMap(([value, words]) => (value < 0.05 ? [] : [words]));
}
