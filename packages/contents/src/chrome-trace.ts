import type { BuildTimeline } from "@dibkit/runner";
import { type TraceRow, traceRows } from "./trace-slices.js";

/** The JSON object format of Chrome's trace viewer and of Perfetto; times are microseconds. */
export interface ChromeTrace {
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, string | number>>;
  readonly traceEvents: readonly ChromeTraceEvent[];
}

export interface ChromeTraceEvent {
  readonly name: string;
  readonly cat?: string;
  /** `X`: with a duration, `i`: a moment, `M`: names a row. */
  readonly ph: "X" | "i" | "M";
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly s?: "p";
  readonly args?: Readonly<Record<string, string | number>>;
}

/** The rows of the viewer: scripts in the image, on the host, dibkit's own stages. */
const LANES = ["phases", "steps"] as const;

/** A build for `chrome://tracing` or Perfetto: one lane of phases, one of steps. */
export function chromeTrace(timeline: BuildTimeline): ChromeTrace {
  const rows = traceRows(timeline);
  return {
    displayTimeUnit: "ms",
    otherData: { version: 1, build: timeline.id, started: timeline.started, status: timeline.status },
    traceEvents: [
      ...LANES.map((name, index) => ({ ...moment("thread_name", 0, index + 1), ph: "M" as const, args: { name } })),
      ...phaseSlices(rows),
      ...rows.flatMap(stepSlices),
      ...timeline.notes.map(({ at, message }) => ({ ...moment(message, at, 2), ph: "i" as const, s: "p" as const })),
    ],
  };
}

function moment(name: string, at: number, tid: number) {
  return { name, ts: microseconds(at), pid: 1, tid };
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6);
}

function stepSlices({ step, slices }: TraceRow): readonly ChromeTraceEvent[] {
  const args = {
    outcome: step.outcome,
    ...(step.label.element === undefined ? {} : { element: step.label.element }),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.outcome === "cached" ? { "seconds when it ran": step.seconds } : {}),
  };
  return slices.map(({ kind, start, seconds }) => ({
    ...moment(kind === "waited" || kind === "kept" ? `${kind}: ${step.id}` : step.id, start, 2),
    ph: "X" as const,
    cat: kind,
    dur: microseconds(seconds),
    args,
  }));
}

function phaseSlices(rows: readonly TraceRow[]): readonly ChromeTraceEvent[] {
  const phases = new Map<string, { readonly start: number; readonly end: number }>();
  for (const { step, slices } of rows) {
    const start = phases.get(step.label.phase)?.start ?? slices[0]?.start ?? step.start;
    phases.set(step.label.phase, { start, end: step.end });
  }
  return [...phases].map(([name, { start, end }]) => ({
    ...moment(name, start, 1),
    ph: "X",
    cat: "phase",
    dur: microseconds(end - start),
  }));
}
