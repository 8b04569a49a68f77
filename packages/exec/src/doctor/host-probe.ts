import type { CommandRunner } from "../command-runner.js";

export interface ProbeContext {
  readonly runner: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory for scratch files; its filesystem is the one builds use. */
  readonly scratch: string;
}

export type ProbeStatus = "ok" | "limited" | "missing";

export interface ProbeOutcome {
  /** `limited`: works, with a drawback. `missing`: builds will fail. */
  readonly status: ProbeStatus;
  /** What was found, in a few words. */
  readonly found: string;
  /** What to do, in the imperative. */
  readonly help?: string;
}

/** One ability of the machine that no package gives. */
export interface HostProbe {
  readonly name: string;
  /** What it is needed for, as in `needed to …`. */
  readonly purpose: string;
  /** Names of earlier ones without which this one tells nothing of its own. */
  readonly after?: readonly string[];
  readonly probe: (context: ProbeContext) => Promise<ProbeOutcome>;
}
