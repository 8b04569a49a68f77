import { bash, defineElement, install } from "@dibkit/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

const probe = defineElement("probe", {
  summary: "two scripts that read the same two variables",
  scripts: [
    install(10, "declared", bash`echo "$DIB_TOLD $DIB_ASIDE" > /declared`, { inputs: ["DIB_TOLD"] }),
    install(20, "plain", bash`echo "$DIB_TOLD $DIB_ASIDE" > /plain`),
  ],
});

let tiny: TinyProject;
beforeAll(() => {
  tiny = tinyProject();
  tiny.element("tiny-os", {});
});
afterAll(() => tiny.remove());

async function outcomes(environment: Readonly<Record<string, string>>): Promise<readonly (string | undefined)[]> {
  const { outcome, steps } = await tiny.build({ definitions: [probe], environment });
  expect(outcome.kind).toBe("built");
  return [steps["install.d/10-declared"], steps["install.d/20-plain"]];
}

test.skipIf(!mayBuild || !workerIsBuilt)("a declared variable counts for a layer, and no other does", async () => {
  expect(await outcomes({ DIB_TOLD: "1", DIB_ASIDE: "1" })).toEqual(["ran", "ran"]);
  expect(await outcomes({ DIB_TOLD: "1", DIB_ASIDE: "2", ACME_NEW: "1" })).toEqual(["cached", "ran"]);
  expect(await outcomes({ DIB_TOLD: "2", DIB_ASIDE: "2", ACME_NEW: "1" })).toEqual(["ran", "ran"]);
});
