import type { BuildEvent, StepLabel } from "./build-event.js";

/** When one step of a build was looked at, ran and was done. Times are seconds since the build began. */
export interface TimelineStep {
  readonly id: string;
  readonly label: StepLabel;
  /** When its work began; of a cached step, when the step before it was done. */
  readonly start: number;
  /** When it was done and its layer kept. */
  readonly end: number;
  readonly outcome: "ran" | "cached" | "failed" | "interrupted";
  /** How long the script itself ran; of a cached step, how long it took when it did run. */
  readonly seconds: number;
  /** Why it was not cached. */
  readonly reason?: string;
}

/** A build in time, for `dibkit trace`. */
export interface BuildTimeline {
  readonly version: 1;
  readonly id: string;
  /** ISO time of the beginning. */
  readonly started: string;
  readonly seconds: number;
  readonly status: "built" | "stopped" | "failed" | "interrupted";
  readonly steps: readonly TimelineStep[];
  /** What the build said by the way. */
  readonly notes: readonly { readonly at: number; readonly message: string }[];
}

/** Passes a build's events on and takes their times. */
export function recordTimeline(id: string, emit: (event: BuildEvent) => void) {
  const started = new Date().toISOString();
  const begin = performance.now();
  const now = () => (performance.now() - begin) / 1000;
  const steps: TimelineStep[] = [];
  const notes: { at: number; message: string }[] = [];
  const open = new Map<string, { readonly start: number; readonly label: StepLabel; readonly reason?: string }>();
  const lastEnd = () => steps.at(-1)?.end ?? 0;
  return {
    emit(event: BuildEvent) {
      emit(event);
      if (event.type === "note" || event.type === "warning") notes.push({ at: now(), message: event.message });
      if (event.type === "step-started") {
        const { label, reason } = event;
        open.set(event.id, { start: now(), label, ...(reason === undefined ? {} : { reason }) });
      }
      if (event.type !== "step-finished") return;
      const { label, outcome, seconds } = event;
      const { start = lastEnd(), reason } = open.get(event.id) ?? {};
      open.delete(event.id);
      const why = reason === undefined ? {} : { reason };
      steps.push({ id: event.id, label, start, end: now(), outcome, seconds, ...why });
    },
    finish(status: BuildTimeline["status"]): BuildTimeline {
      for (const [step, { start, label, reason }] of open) {
        const why = reason === undefined ? {} : { reason };
        steps.push({ id: step, label, start, end: now(), outcome: "interrupted", seconds: now() - start, ...why });
      }
      return { version: 1, id, started, seconds: now(), status, steps, notes };
    },
  };
}
