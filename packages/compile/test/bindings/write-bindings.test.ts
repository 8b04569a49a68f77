import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadCatalog } from "@dibkit/model";
import { expect, test } from "vitest";
import { writeBindings } from "../../src/bindings/write-bindings.js";
import { project, write } from "../project.js";

const ELEMENTS = {
  "elements/os/README.rst":
    "==\nos\n==\n\nAn operating system.\n\nOS_MIRROR\n  :Required: Yes\n  :Description: where from\n",
  "elements/os/element-deps": "tools\n",
  "elements/os/element-provides": "operating-system\n",
  "elements/os/environment.d/10-os":
    "export DISTRO_NAME=os\nexport OS_RELEASE=${OS_RELEASE:-12}\nexport OS_X=$(date)\n",
  "elements/os/root.d/10-os": "#!/bin/bash\n",
  "elements/tools/environment.d/10-tools":
    "if x; then\n    export SOMETIMES=1\nfi\nexport TOOLS_TOKEN=${TOOLS_TOKEN:-}\n",
};

test("one module for each element, the same bytes every time", async () => {
  const directory = project(ELEMENTS);
  const { elements } = loadCatalog([join(directory, "elements")]);
  const out = join(directory, "bindings");
  expect((await writeBindings(elements, out)).written).toHaveLength(3);
  expect(
    readFileSync(join(out, "os.ts"), "utf8"),
  ).toBe(`import { elementRef, envComputed, envDefault, envFixed, envRequired } from "@dibkit/model";

/** An operating system. */
export const os = elementRef("os", {
  summary: "An operating system.",
  provides: ["operating-system"],
  environment: { DISTRO_NAME: envFixed("os"), OS_RELEASE: envDefault("12"), OS_X: envComputed() },
  inherits: ["TOOLS_TOKEN"],
  reads: { OS_MIRROR: envRequired("where from") },
  phases: ["root.d"],
});
// Written by "dibkit bindings".
`);
  expect(readFileSync(join(out, "tools.ts"), "utf8")).toContain('environment: { TOOLS_TOKEN: envSecret("") },');
  expect(readFileSync(join(out, "index.ts"), "utf8")).toContain('export { os } from "./os.js";\n');
  expect((await writeBindings(elements, out)).unchanged).toHaveLength(3);
});

test("modules of elements that are gone are removed, other files are not", async () => {
  const directory = project(ELEMENTS);
  const out = join(directory, "bindings");
  const path = [join(directory, "elements")];
  await writeBindings(loadCatalog(path).elements, out);
  write(out, { "mine.ts": "export {};\n" });
  rmSync(join(directory, "elements/tools"), { recursive: true });
  expect((await writeBindings(loadCatalog(path).elements, out)).removed).toEqual([join(out, "tools.ts")]);
  expect(readdirSync(out).sort()).toEqual(["index.ts", "mine.ts", "os.ts"]);
});
