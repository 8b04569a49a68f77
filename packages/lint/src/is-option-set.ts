import type { ShellScript } from "@dibkit/shell";

export type ShellOption = "errexit" | "nounset" | "pipefail";

/** Whether a script sets the option anywhere, or its first line does. What could not be read may set everything. */
export function isOptionSet({ options, unread, shebang }: ShellScript, option: ShellOption): boolean {
  if (unread !== undefined || options.some((set) => set.option === option && set.on)) return true;
  const flags = /\s-([a-zA-Z]+)/.exec(shebang?.text ?? "")?.[1] ?? "";
  return (option === "errexit" && flags.includes("e")) || (option === "nounset" && flags.includes("u"));
}
