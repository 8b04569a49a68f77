import { join } from "node:path";
import type { JobGraph, PredictedCell } from "@dibkit/fleet";
import type { MatrixCell } from "@dibkit/model";
import type { BuildOptionValues } from "../building/build-options.js";
import { type CacheRegistries, cacheRegistries } from "../building/cache-registries.js";
import { type PlannedImage, planSelected } from "../building/plan-image.js";
import type { ExitCode } from "../command.js";
import { imageOfDefinition } from "../project/select-image.js";
import { reportFailure } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";
import { type SelectedMatrix, selectMatrix } from "./select-matrix.js";

export interface PlannedMatrix extends SelectedMatrix {
  readonly graph: JobGraph;
  /** Plans a cell for a build that writes to a directory; whatever is wrong has been told. */
  planCell(name: string, directory: string, readOnly?: boolean): Promise<PlannedImage>;
}

/** Plans every cell of a matrix, and the jobs that build them; what is wrong has been told, each with its cell. */
export async function planMatrix(
  terminal: Terminal,
  word: string | undefined,
  given: BuildOptionValues,
  verbose = false,
): Promise<
  { readonly ok: true; readonly planned: PlannedMatrix } | { readonly ok: false; readonly exitCode: ExitCode }
> {
  const selected = await selectMatrix(terminal, word, { ...given, typecheck: !given.noTypecheck });
  if (!selected.ok) return { ok: false, exitCode: await reportFailure(terminal, selected.error) };
  const { matrix, project } = selected.value;
  const options = { ...given, ...readingBack(cacheRegistries(given, terminal.env, project)) };
  const told = new Set<string>();
  const plan = (cell: MatrixCell, output: string, readOnly: boolean) => {
    const flags = { ...options, output };
    // The same words for all cells, on all machines: a script that reads DIB_ARGS would else keep them from sharing.
    const words = [matrix.name];
    const about = `cell "${cell.name}"`;
    const image = { project, image: imageOfDefinition(cell.image) };
    return planSelected(terminal, image, words, flags, verbose, { readOnly, told, about, alone: readOnly });
  };
  const cells: PredictedCell[] = [];
  let exitCode: ExitCode = 0;
  for (const cell of matrix.cells) {
    // Only names count for what cells share; where their files go to does not.
    const planned = await plan(cell, cell.name, true);
    if (planned.ok) cells.push({ cell, ...planned.plan.predict() });
    else exitCode = planned.exitCode;
    if (terminal.signal.aborted) return { ok: false, exitCode: 130 };
  }
  if (exitCode !== 0) return { ok: false, exitCode };
  const { jobGraph } = await import("@dibkit/fleet");
  const graph = jobGraph(matrix, cells);
  return {
    ok: true,
    planned: {
      ...selected.value,
      graph,
      async planCell(name, directory, readOnly = false) {
        const cell = matrix.cells.find((one) => one.name === name);
        if (cell !== undefined) return plan(cell, join(directory, name), readOnly);
        return { ok: false, exitCode: usageFailure(terminal, `the matrix "${matrix.name}" has no cell "${name}"`) };
      },
    },
  };
}

/** What one job uploads is there for the jobs that need it: the same repository is read too. */
function readingBack({ cacheFrom, cacheTo }: Pick<CacheRegistries, "cacheFrom" | "cacheTo">) {
  const target = cacheTo?.replace(/,mode=[^,]*/, "");
  return {
    cacheTo,
    cacheFrom: target === undefined || cacheFrom.includes(target) ? cacheFrom : [...cacheFrom, target],
  };
}
