import { type HostTool, uniqueTools } from "@dibkit/exec";
import { nearestName } from "@dibkit/model";
import type { FormatRequest, FormatUnit } from "./format.js";
import type { FormatFailure } from "./format-failure.js";
import { FORMATS } from "./formats.js";

export interface CheckedFormats {
  /** Units to write, each once, in an order that works: a format that takes its source away comes last. */
  readonly units: readonly FormatUnit[];
  readonly tools: readonly HostTool[];
  /** Everything that is wrong, found before anything is built. */
  readonly failures: readonly FormatFailure[];
}

/** Looks up the formats of a request. */
export function checkFormats(request: FormatRequest): CheckedFormats {
  const names = FORMATS.map(({ name }) => name);
  const failures: FormatFailure[] = [];
  const units: FormatUnit[] = [];
  for (const name of new Set(request.types)) {
    const unit = FORMATS.find((candidate) => candidate.name === name);
    if (unit === undefined) {
      const near = nearestName(name, names);
      const message = `unknown format "${name}"; the formats are ${names.join(", ")}`;
      failures.push({ kind: "unknown-format", format: name, message, ...(near ? { help: `write "${near}"` } : {}) });
      continue;
    }
    units.push(unit);
    const failure = unit.check?.(request);
    if (failure !== undefined) failures.push(failure);
  }
  units.sort((a, b) => Number(a.consumesSource ?? false) - Number(b.consumesSource ?? false));
  return { units, tools: uniqueTools(units.flatMap(({ tools }) => tools)), failures };
}
