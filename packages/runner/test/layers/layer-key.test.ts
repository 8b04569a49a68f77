import { initShell } from "@dibkit/shell";
import { expect, test } from "vitest";
import { describeMiss } from "../../src/layers/explain-miss.js";
import { type KeyInput, layerKey } from "../../src/layers/layer-key.js";
import { reachOf } from "../../src/layers/script-reach.js";
import { keyContext } from "../../src/plan/key-context.js";
import { stepKey } from "../../src/plan/script-step.js";

await initShell();

const input: KeyInput = {
  step: "install.d/50-x",
  side: "target",
  parent: "abc",
  scriptHash: "1",
  scriptMode: 0o755,
  environment: { DIB_USED: "1", DIB_UNUSED: "1", http_proxy: "p", HOME: "/root", DIB_IMAGE_CACHE: "/home/me/cache" },
  reach: {
    files: { "a/bin/x": "f" },
    mentions: reachOf("called $DIB_USED", [], new Map([["called", "() { :; }"]])).mentions,
  },
  architecture: "amd64",
};

const changes: readonly (readonly [string, Partial<KeyInput>, string | undefined])[] = [
  ["the script", { scriptHash: "2" }, "script changed"],
  ["its mode", { scriptMode: 0o700 }, "script mode changed"],
  ["the image before", { parent: "def" }, "image before it changed"],
  ["where it runs", { side: "host" }, "side changed"],
  ["a file it reaches", { reach: { ...input.reach, files: { "a/bin/x": "g" } } }, "file a/bin/x changed"],
  ["a file more", { reach: { ...input.reach, files: { "a/bin/x": "f", "b/y": "1" } } }, "file b/y is new"],
  ["the architecture", { architecture: "arm64" }, "architecture changed"],
  ["a variable it mentions", { environment: { ...input.environment, DIB_USED: "2" } }, "variable DIB_USED changed"],
  [
    "a variable any program may read",
    { environment: { ...input.environment, http_proxy: "q" } },
    "variable http_proxy changed",
  ],
  ["a variable of the caller that it does not mention", { environment: { ...input.environment, APP: "2" } }, undefined],
  ["an agent that git asks", { environment: { ...input.environment, SSH_AUTH_SOCK: "/tmp/a" } }, undefined],
  ["a host file it names", { named: { "host file ~/.ssh/id": "1" } }, "host file ~/.ssh/id is new"],
  ["a DIB variable it does not mention", { environment: { ...input.environment, DIB_UNUSED: "2" } }, undefined],
  [
    "a function of environment.d that it calls",
    { environment: { ...input.environment, "BASH_FUNC_called%%": "() { :; }" } },
    "variable BASH_FUNC_called%% is new",
  ],
  [
    "a function that it does not call",
    { environment: { ...input.environment, "BASH_FUNC_other%%": "() { :; }" } },
    undefined,
  ],
  ["where the cache is", { environment: { ...input.environment, DIB_IMAGE_CACHE: "/elsewhere" } }, undefined],
  ["the home directory", { environment: { ...input.environment, HOME: "/home/me" } }, undefined],
];

test.each(changes)("%s", (_, change, reason) => {
  const before = layerKey(input);
  const after = layerKey({ ...input, ...change });
  expect(after.key === before.key).toBe(reason === undefined);
  if (reason !== undefined) expect(describeMiss(before.ingredients, after.ingredients)).toBe(reason);
});

test("a step that never ran, and one whose layer was pruned", () => {
  const { ingredients } = layerKey(input);
  expect(describeMiss(undefined, ingredients)).toBe("never ran before in this image");
  expect(describeMiss(ingredients, ingredients)).toBe("its layer is gone from the cache");
  const edited = { ...ingredients, script: "edited", "file a/b": "1" };
  expect(describeMiss(ingredients, edited)).toBe("script changed (and 1 more)");
});

test("values of variables are not in what is kept", () => {
  const { ingredients } = layerKey({ ...input, environment: { DIB_USED: "hunter2" } });
  expect(JSON.stringify(ingredients)).not.toContain("hunter2");
});

test("no path of this machine is in the key of a host script that asks for the elements", () => {
  const step = (home: string) => ({
    label: { phase: "extra-data.d", script: "50-x" },
    side: "host" as const,
    command: [],
    script: { hash: "1", mode: 0o755, text: "eval declare -A e=($(get_image_element_array))" },
    environment: { "BASH_FUNC_get_image_element_array%%": `() {  echo "[base]=${home}/elements/base "\n}` },
    withHooks: true,
  });
  const request = { architecture: "amd64", workingDirectory: "/" };
  const [one, other] = ["/root", "/tmp"].map((home) =>
    stepKey(step(home), { hash: "a" }, keyContext({ request, helpers: [], digest: String })),
  );
  expect(one).toEqual(other);
});
