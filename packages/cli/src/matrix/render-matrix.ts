import type { BuildOptionValues } from "../building/build-options.js";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure } from "../terminal.js";

export interface RenderRequest {
  readonly engine: string | undefined;
  readonly matrix: string | undefined;
  readonly options: BuildOptionValues;
  readonly output: string | undefined;
  readonly submit: boolean;
}

export async function renderMatrix(terminal: Terminal, _request: RenderRequest): Promise<ExitCode> {
  return usageFailure(terminal, "no engine");
}
