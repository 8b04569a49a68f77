import { type Diagnostic, positionAt } from "@dibkit/model";

/**
 * Findings of the compiler, and those of the load that are not the same mistake seen again at run time: what the
 * types refuse on a line usually also throws there.
 */
export function withoutEchoes(types: readonly Diagnostic[], loading: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = new Set(types.map(lineOf));
  const paths = new Set(types.map((diagnostic) => diagnostic.location?.source.path));
  return [
    ...types,
    ...loading.filter((diagnostic) => {
      if (!diagnostic.location) return true;
      // A module with a type error that cannot even be linked fails at an import, far from the cause.
      const linking = diagnostic.code === "compile/load" && paths.has(diagnostic.location.source.path);
      return !lines.has(lineOf(diagnostic)) && !linking;
    }),
  ];
}

function lineOf({ location }: Diagnostic): string {
  return location ? `${location.source.path}:${positionAt(location.source, location.start).line}` : "";
}
