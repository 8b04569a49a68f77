/** How one test has ended. */
export interface TestResult {
  readonly name: string;
  readonly seconds: number;
  readonly ending: "passed" | "failed" | "interrupted";
  /** Why it has failed, in a sentence. */
  readonly message?: string;
  /** The last lines that it printed. */
  readonly tail?: readonly string[];
}
