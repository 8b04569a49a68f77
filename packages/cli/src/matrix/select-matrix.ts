import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { MatrixDefinition, Result } from "@dibkit/model";
import { openProject, type Project, type ProjectOptions } from "../project/open-project.js";
import type { ProjectFailure } from "../project/project-failure.js";
import { MODULE } from "../project/select-image.js";
import type { Terminal } from "../terminal.js";

export interface SelectedMatrix {
  readonly project: Project;
  readonly matrix: MatrixDefinition;
}

/** Opens the project and finds the matrix that a word names: by its name, or by its module; without one the only one. */
export async function selectMatrix(
  terminal: Pick<Terminal, "cwd" | "env">,
  word: string | undefined,
  options: ProjectOptions,
): Promise<Result<SelectedMatrix, ProjectFailure>> {
  const [, module, named] = MODULE.exec(word ?? "") ?? [];
  const path = module === undefined ? undefined : resolvePath(terminal.cwd, module);
  if (path !== undefined && !existsSync(path))
    return usage(`"${module}" does not exist`, "give the path of a module that exports a matrix");
  const project = await openProject(terminal, options, path === undefined ? [] : [path]);
  if (!project.ok) return project;
  const { matrices } = project.value;
  const wanted = module === undefined ? word : named;
  const inReach = path === undefined ? matrices : matrices.filter(({ site }) => site?.path === path);
  const found = wanted === undefined ? inReach : inReach.filter(({ name }) => name === wanted);
  const [matrix] = found;
  if (matrix !== undefined && found.length === 1) return { ok: true, value: { project: project.value, matrix } };
  const where = module === undefined ? "the project" : `"${module}"`;
  const names = inReach.map(({ name }) => `"${name}"`).join(", ");
  if (inReach.length === 0) {
    const help = 'export what defineMatrix returns, and name it in "matrices" of dibkit.config.ts';
    return usage(`${where} defines no matrix`, help);
  }
  if (wanted === undefined)
    return usage(`${where} defines several matrices: ${names}`, "choose one with --matrix NAME");
  return usage(`${where} defines no matrix "${wanted}", but ${names}`, "choose one with --matrix NAME");
}

function usage(message: string, help: string): Result<never, ProjectFailure> {
  return { ok: false, error: { kind: "usage", message, help } };
}
