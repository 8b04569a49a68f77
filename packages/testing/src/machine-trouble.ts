/** A machine did not do what it was told: it did not start, ended, or said nothing in time. */
export class MachineTrouble extends Error {
  override name = "MachineTrouble";
  /** The last lines of the machine's console, oldest first; none when it was not started. */
  readonly console: readonly string[];

  constructor(message: string, console: readonly string[] = [], help?: string) {
    const remedy = help === undefined ? "" : `\nremedy: ${help}`;
    const lines = console.map((line) => `\n  | ${line}`).join("");
    super(`${message}${remedy}${lines === "" ? "" : `\nlast lines of the console:${lines}`}`);
    this.console = console;
  }
}
