/** A program of the host that a disk node or format needs, for checks before the build and for `dibkit doctor`. */
export interface HostTool {
  readonly program: string;
  /** Debian package that has it. */
  readonly debianPackage: string;
  /** What it is needed for, as in `needed to …`. */
  readonly purpose: string;
}

/** Each program once, sorted by name. */
export function uniqueTools(tools: readonly HostTool[]): readonly HostTool[] {
  const byName = new Map(tools.map((tool) => [tool.program, tool]));
  return [...byName.values()].sort((a, b) => (a.program < b.program ? -1 : 1));
}
