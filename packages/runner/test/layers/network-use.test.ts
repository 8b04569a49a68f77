import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fetched, NetworkUse } from "../../src/job/fetched.js";
import type { StepEntry } from "../../src/job/layer.js";
import { type LayerStore, openLayerStore } from "../../src/layers/layer-store.js";
import { lookUp } from "../../src/layers/look-up.js";
import { lastFetching } from "../../src/layers/network-use.js";
import type { HooksBase } from "../../src/layers/settle-hooks.js";

const FETCHED: Fetched = {
  ...{ method: "GET", url: "http://example.org/x", status: 200, bytes: 1 },
  ...{ at: "2026-01-01T00:00:00.000Z", seconds: 0.1 },
};

const USES: Readonly<Record<string, NetworkUse | undefined>> = {
  "nobody watched": undefined,
  "fetched something": { network: "recorded", fetched: [FETCHED] },
  "fetched nothing": { network: "recorded", fetched: [] },
  "had no network": { network: "none", fetched: [] },
  "could read the image cache": { network: "recorded", fetched: [], cache: true },
};

let directory: string;
let store: LayerStore;

const hooks: HooksBase = { stateOf: () => "absent" };

const keyOf = (name: string) => name.replaceAll(" ", "-").padEnd(40, "0");

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "dibkit-network-use-"));
  store = await openLayerStore(directory);
  for (const [name, network] of Object.entries(USES)) {
    const staging = join(directory, "staging");
    mkdirSync(staging);
    const entry: StepEntry = {
      ...{ version: 2, kind: "step", key: keyOf(name), label: { phase: "install.d", script: name, element: "x" } },
      ...{ created: "2026-01-01T00:00:00.000Z", seconds: 1, content: "", bytes: 0, ingredients: {}, hooksBefore: {} },
      ...{ changed: { root: false, hooks: false, host: false }, mounts: [] },
      ...(network === undefined ? {} : { network }),
    };
    await store.commit(staging, entry);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ["nobody watched", false],
  ["fetched something", false],
  ["fetched nothing", true],
  ["had no network", true],
  ["could read the image cache", false],
])("a layer of a step that %s is used for --refresh and --max-age: %s", async (name, hit) => {
  const key = { key: keyOf(name), ingredients: {} };
  for (const request of [
    { refresh: true },
    { refresh: false, maxAge: "1d" },
    { refresh: false, maxAge: "1h,install.d=1d" },
  ]) {
    const found = await lookUp({ store, lineage: "x", request, hooks }, "step", name, key);
    expect(found.hit).toBe(hit);
  }
  const always = await lookUp({ store, lineage: "x", request: { refresh: false }, hooks }, "step", name, key);
  expect(always.hit).toBe(true);
});

test("what a script fetched last is found by the script", async () => {
  const find = (script: string) => lastFetching(store, { phase: "install.d", script, element: "x" });
  expect((await find("fetched something"))?.network.fetched).toEqual([FETCHED]);
  expect(await find("fetched nothing")).toBeUndefined();
});
