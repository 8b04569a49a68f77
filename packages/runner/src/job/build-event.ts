/** What happens during a build, as one JSON object per line between the worker and the command line. */
export type BuildEvent =
  | { readonly type: "note"; readonly message: string }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "step-started"; readonly id: string; readonly label: StepLabel; readonly reason?: string }
  | { readonly type: "output"; readonly id: string; readonly line: string }
  | {
      readonly type: "step-finished";
      readonly id: string;
      readonly label: StepLabel;
      readonly seconds: number;
      readonly outcome: "ran" | "cached" | "failed";
      /** The registry that a cached step's layer has just come from. */
      readonly from?: string;
    }
  | { readonly type: "stray-write"; readonly id: string; readonly label: StepLabel; readonly paths: readonly string[] }
  | { readonly type: "output-written"; readonly path: string; readonly bytes: number };

/** How a step is named to people: `install.d/50-nginx` of element `acme-web`, or `disk` of `(dibkit)`. */
export interface StepLabel {
  /** `install.d`, `disk`, `formats` … */
  readonly phase: string;
  /** Script name or what is done: `50-nginx`, `mkfs ext4`, `qcow2`. */
  readonly script: string;
  /** Undefined for dibkit's own steps. */
  readonly element?: string;
}
