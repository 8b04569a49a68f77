import { expect, test, vi } from "vitest";
import type { HelperFile } from "../../src/layers/script-reach.js";
import type { ScriptStep } from "../../src/plan/script-step.js";

// The process of a build begins without a parser; other test files may have started it in this one.
vi.resetModules();
const { initShell, ShellNotReady } = await import("@dibkit/shell");
const { keyContext } = await import("../../src/plan/key-context.js");
const { findStepKey, stepKey } = await import("../../src/plan/script-step.js");

const text = "#!/bin/bash\ntell-more\n";
const helper: HelperFile = {
  id: "probe/bin/tell-more",
  path: "bin/tell-more",
  name: "tell-more",
  hash: "1",
  text: "#!/bin/bash\necho $DIB_MORE\n",
  runs: true,
};
const step: ScriptStep = {
  label: { phase: "install.d", script: "50-tell" },
  side: "target",
  command: ["50-tell"],
  script: { hash: "1", mode: 0o755, text },
  environment: { DIB_MORE: "more", DIB_LESS: "less" },
  withHooks: true,
};

test("a key is found when a helper has to be parsed that the planning process did not come to", async () => {
  const names = { names: ["tell-more"], sources: [], unknown: false, listsVariables: false, code: text };
  const request = { architecture: "amd64", workingDirectory: "/" };
  const keys = keyContext({ request, helpers: [helper], digest: String }, [[text, names]]);
  const asked = [step, { hash: "" }, keys] as const;
  expect(() => stepKey(...asked)).toThrow(ShellNotReady);
  const { ingredients } = await findStepKey(...asked);
  await initShell();
  expect(keys.scripts.commandsOf(text)).toEqual(names);
  expect(Object.keys(ingredients).filter((name) => name.startsWith("variable DIB_"))).toEqual(["variable DIB_MORE"]);
});
