import type { PredictedCell } from "../src/graph/matrix-job.js";

/** A cell whose scripts are named by single words; `(x)` is a step of dibkit itself. */
export function predictedCell(name: string, scripts: string, publish = false): PredictedCell {
  let key = "";
  const steps = scripts.split(" ").flatMap((word) => {
    if (word === "") return [];
    key = `${key}/${word}`;
    const own = /^\((.*)\)$/.exec(word)?.[1];
    const label = own === undefined ? { phase: "install.d", script: word } : { phase: "dibkit", script: own };
    return [{ label, key }];
  });
  const [release = "", flavour = ""] = name.split("-").slice(1);
  const image = { dibkit: "image" as const, name, elements: [], site: undefined };
  return {
    cell: { name, values: { release, flavour }, image, ...(publish ? { publish: () => ["true"] } : {}) },
    steps,
    outputs: `${key} ${name}`,
  };
}
