import { createHash } from "node:crypto";
import { type MatrixDefinition, renderAxisValue } from "@dibkit/model";
import type { PredictedStep } from "@dibkit/runner";
import { type JobGraph, type MatrixJob, type PredictedCell, stepId } from "./matrix-job.js";

/** The job that publishes; no cell may be called so. */
export const PUBLISH_JOB = "publish";

/**
 * The jobs of a matrix. Whatever several cells begin with is made by a job of its own where that is worth it: where an
 * element's script runs in it, besides what an earlier job has made. Cells that have nothing in common stand alone.
 */
export function jobGraph(matrix: Pick<MatrixDefinition, "name">, cells: readonly PredictedCell[]): JobGraph {
  const jobs: MatrixJob[] = [];
  const names = new Set([...cells.map(({ cell }) => cell.name), PUBLISH_JOB]);
  // `own`: the step that those of a job begin with. Cells agree in all steps before `at`, which may be further on.
  const add = (members: readonly PredictedCell[], own: number, at: number, needs: readonly string[]) => {
    for (const group of groupsAt(members, at)) {
      const [first] = group;
      if (first === undefined) continue;
      if (group.length === 1) {
        jobs.push(cellJob(first, own, needs));
        continue;
      }
      const length = commonLength(group);
      const steps = first.steps.slice(own, length);
      const last = steps.at(-1);
      const isWorth = last !== undefined && steps.some(isScript);
      const job = isWorth ? sharedJob(freeName(names, sharedName(matrix.name, group)), needs, group, steps, last) : [];
      jobs.push(...job);
      const [from, then] = isWorth ? [length, job.map(({ name }) => name)] : [own, needs];
      for (const cell of group.filter((one) => one.steps.length === length)) jobs.push(cellJob(cell, from, then));
      const longer = group.filter((one) => one.steps.length > length);
      add(longer, from, length, then);
    }
  };
  add(cells, 0, 0, []);
  const published = cells.filter(({ cell }) => cell.publish !== undefined).map(({ cell }) => cell.name);
  if (published.length > 0) {
    const built = jobs.filter(({ kind }) => kind === "cell");
    const id = jobId("publish", ...built.map((job) => job.id));
    const needs = built.map(({ name }) => name);
    jobs.push({ name: PUBLISH_JOB, kind: "publish", id, needs, cells: published, steps: [] });
  }
  return { matrix: matrix.name, cells, jobs };
}

/** Cells by their step at an index. */
function groupsAt(cells: readonly PredictedCell[], at: number): readonly (readonly PredictedCell[])[] {
  const groups = new Map<string, PredictedCell[]>();
  for (const cell of cells) {
    const key = cell.steps[at]?.key ?? "";
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

/** How many steps cells begin with in common. A step's key is made of the one before it. */
function commonLength(cells: readonly PredictedCell[]): number {
  const steps = cells[0]?.steps ?? [];
  const differs = steps.findIndex(({ key }, at) => cells.some((cell) => cell.steps[at]?.key !== key));
  return differs === -1 ? steps.length : differs;
}

function isScript({ label }: PredictedStep): boolean {
  return label.phase !== "dibkit";
}

function sharedJob(
  name: string,
  needs: readonly string[],
  cells: readonly PredictedCell[],
  steps: readonly PredictedStep[],
  last: PredictedStep,
): readonly MatrixJob[] {
  const members = cells.map(({ cell }) => cell.name);
  return [
    { name, kind: "shared", id: jobId("shared", last.key), needs, cells: members, steps, stopAfter: stepId(last) },
  ];
}

function cellJob(cell: PredictedCell, from: number, needs: readonly string[]): MatrixJob {
  const { name } = cell.cell;
  return { name, kind: "cell", id: jobId("cell", cell.outputs), needs, cells: [name], steps: cell.steps.slice(from) };
}

/** `web-trixie-shared`: the values that all of its cells have. */
function sharedName(matrix: string, cells: readonly PredictedCell[]): string {
  const [first] = cells;
  const common = Object.entries(first?.cell.values ?? {}).flatMap(([axis, value]) => {
    const same = cells.every(({ cell }) => JSON.stringify(cell.values[axis]) === JSON.stringify(value));
    return same ? [renderAxisValue(value).replaceAll(/[^\w.+-]+/g, "-")] : [];
  });
  return [matrix, ...common, "shared"].join("-");
}

function freeName(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}

function jobId(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
}
