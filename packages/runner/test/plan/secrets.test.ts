import { expect, test } from "vitest";
import {
  hideSecrets,
  openEnvironment,
  sealEnvironment,
  secretNames,
  secretValues,
  valueDigest,
} from "../../src/plan/secrets.js";

const secrets = { TOKEN_A: "hunter22", KEY_B: "hunter22-long" };

test("names come from the user and from what a variable is called, unless its value is no secret", () => {
  const environment = {
    DIB_ROOT_PASSWORD: "hunter22",
    DIB_API_KEYS: "k1k1k1",
    DIB_PASSWORD_FILE: "hunter22",
    DIB_SSH_PRIVATE_KEY: "/root/.ssh/id",
    DIB_USE_TOKEN: "yes",
    DIB_OTHER: "x",
  };
  expect([...secretNames([], ["DIB_OTHER"], environment)].sort()).toEqual([
    "DIB_API_KEYS",
    "DIB_OTHER",
    "DIB_ROOT_PASSWORD",
  ]);
  expect(secretValues(new Set(["A", "B", "C"]), { A: "long enough", B: "abc" })).toEqual({ A: "long enough" });
});

test("a sealed environment holds no value, and opens with them only", () => {
  const environment = { KEY_B: "hunter22-long", URL: "https://me:hunter22@example", PLAIN: "text" };
  const sealed = sealEnvironment(environment, secrets);
  expect(JSON.stringify(sealed)).not.toContain("hunter22");
  expect(openEnvironment(sealed, secrets)).toEqual(environment);
  expect(openEnvironment(sealed, {})).toEqual({ KEY_B: "", URL: "https://me:@example", PLAIN: "text" });
});

test("a digest tells values apart, and tells nothing of a secret without the store's key", () => {
  const digest = valueDigest(secrets, Buffer.from("one"));
  const other = valueDigest(secrets, Buffer.from("two"));
  const changed = valueDigest({ TOKEN_A: "hunter23" }, Buffer.from("one"));
  expect(digest("plain")).toBe(other("plain"));
  expect(digest("has hunter22 in it")).toBe(digest("has hunter22 in it"));
  expect(digest("has hunter22 in it")).not.toBe(other("has hunter22 in it"));
  expect(digest("hunter22")).not.toBe(changed("hunter23"));
});

test("what is shown of an environment holds neither secrets nor what contains one", () => {
  const shown = { A: "hunter22", URL: "https://hunter22@x", DIB_TOKEN: "", OK: "ok", LATER: null };
  expect(hideSecrets(shown, new Set(["A"]), { A: "hunter22" })).toEqual({
    A: null,
    URL: null,
    DIB_TOKEN: null,
    OK: "ok",
    LATER: null,
  });
});
