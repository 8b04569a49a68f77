import { bash, defineElement, elementOf, envDefault, findPhase, install, type Phase } from "@dibkit/model";
import { expect, test } from "vitest";
import { countedVariables } from "../../src/layers/counted-variables.js";
import { declaredVariablePhases, variablesElsewhere } from "../../src/plan/declared-phases.js";
import { mergeHooks } from "../../src/plan/hooks-tree.js";

const late = { phases: ["finalise.d"] } as const;
const tree = defineElement("tree", {
  summary: "variables of one phase, of two definitions, of all",
  environment: {
    TREE_URL: envDefault("x", "where", late),
    TREE_SHARED: envDefault("x", "also another's", late),
    TREE_ANY: envDefault("x", "anywhere"),
  },
  scripts: [install(10, "a", bash`echo`)],
});
const other = defineElement("other", {
  summary: "sets one of them, too",
  environment: { TREE_SHARED: envDefault("y", "mine", { phases: ["install.d"] }), TREE_ANY: envDefault("y", "", late) },
  scripts: [install(20, "b", bash`echo`)],
});
const declared = declaredVariablePhases(mergeHooks([elementOf(tree), elementOf(other)]));
const elsewhere = (phase: string) => variablesElsewhere(declared, findPhase(phase) as Phase);

test("a variable counts in the phases that every definition which sets it declares", () => {
  expect(declared).toEqual({ TREE_URL: ["finalise.d"], TREE_SHARED: ["finalise.d", "install.d"] });
  expect(elsewhere("root.d")).toEqual(["TREE_SHARED", "TREE_URL"]);
  expect(elsewhere("install.d")).toEqual(["TREE_URL"]);
  expect(elsewhere("finalise.d")).toEqual([]);
});

test.each([
  ["root.d", "echo", { OTHER: "1" }],
  ["root.d", "echo $TREE_URL", { TREE_URL: "1", OTHER: "1" }],
  ["finalise.d", "echo", { TREE_URL: "1", OTHER: "1" }],
])("in %s, %s", (phase, text, expected) => {
  expect(countedVariables({ TREE_URL: "1", OTHER: "1" }, elsewhere(phase), [text])).toEqual(expected);
});
