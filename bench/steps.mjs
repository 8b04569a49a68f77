// What a script costs beside its own work: builds of a tiny system with many scripts that do nothing, and with one.
// node bench/steps.mjs [--scripts N] [--runs N]                                 (after npm run build; needs root)
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { tinyOs, UPSTREAM_PROGRAMS } from "../test/tiny-os.mjs";
import { dibkit, medianRun, printMachine, printTable, timed, times, withDirectory } from "./timed.mjs";

const { values } = parseArgs({
  options: {
    scripts: { type: "string", default: "40" },
    runs: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log("node bench/steps.mjs [--scripts N] [--runs N]");
  process.exit(0);
}
const many = Number(values.scripts);
const ENGINES = { "disk-image-create": ["--engine", "upstream"], "dibkit build, empty store": [] };

printMachine();
await withDirectory("steps", (directory) => {
  const script = (path, text) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    chmodSync(join(directory, path), 0o755);
  };
  script("elements/tiny-os/element-provides", "operating-system\n");
  script("elements/tiny-os/root.d/10-tiny", tinyOs(UPSTREAM_PROGRAMS));
  for (const [name, count] of Object.entries({ one: 1, many }))
    for (let number = 1; number <= count; number += 1)
      script(`elements/${name}/install.d/${String(number).padStart(4, "0")}-nothing`, "#!/bin/bash\n:\n");
  let build = 0;
  const cost = (engine, element) => {
    build += 1;
    const store = join(directory, `store-${build}`);
    const output = ["-t", "tar", "-o", join(directory, `image-${build}`), "--image-cache", join(directory, "cache")];
    return timed(
      [process.execPath, dibkit, "build", ...engine, "--skip-base", "--image-size", "1", ...output, "tiny-os", element],
      {
        env: { ELEMENTS_PATH: join(directory, "elements"), DIBKIT_CACHE: store },
      },
    );
  };
  const runs = Object.fromEntries(Object.keys(ENGINES).map((name) => [name, { one: [], many: [] }]));
  for (let round = 0; round < Number(values.runs); round += 1)
    for (const [name, engine] of Object.entries(ENGINES))
      for (const element of ["one", "many"]) runs[name][element].push(cost(engine, element));
  const perScript = Object.entries(runs).map(([name, { one, many: all }]) => {
    const [first, last] = [medianRun(one), medianRun(all)];
    const each = (figure) => (figure(last) - figure(first)) / (many - 1);
    return { name, wall: each(({ wall }) => wall), cpu: each(({ cpu }) => cpu) };
  });
  const upstream = perScript[0];
  printTable(
    ["a script that does nothing", "time", "processor time", "of upstream's"],
    perScript.map(({ name, wall, cpu }) => [
      name,
      `${(wall * 1000).toFixed(0)} ms`,
      `${(cpu * 1000).toFixed(0)} ms`,
      times(cpu, upstream.cpu),
    ]),
  );
});
