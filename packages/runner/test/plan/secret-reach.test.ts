import { expect, test } from "vitest";
import { couldSeeSecret } from "../../src/plan/secret-reach.js";

const SECRETS = { secretNames: new Set(["DIB_PASSWORD"]), secrets: { DIB_PASSWORD: "correct horse" } };
const ENVIRONMENT = {
  DIB_PASSWORD: "correct horse",
  DIB_URL: "https://me:correct horse@example.org",
  DIB_RELEASE: "trixie",
};

test.each([
  ["mentions none", ENVIRONMENT, ["variable DIB_RELEASE"], undefined, false],
  ["mentions the secret", ENVIRONMENT, ["variable DIB_PASSWORD"], undefined, true],
  ["mentions a variable that holds its value", ENVIRONMENT, ["variable DIB_URL"], undefined, true],
  ["has declared other inputs, with the secret in its environment", ENVIRONMENT, [], ["DIB_RELEASE"], true],
  ["has declared its inputs, and there is no secret", { DIB_RELEASE: "trixie" }, [], ["DIB_RELEASE"], false],
  ["mentions a secret that is not set", { DIB_PASSWORD: "" }, ["variable DIB_PASSWORD"], undefined, false],
  [
    "mentions what environment.d makes of a secret that it sets itself",
    { DIB_PASSWORD: "another one", DIB_LINE: "word another one" },
    ["variable DIB_LINE"],
    undefined,
    true,
  ],
] as const)("a script that %s: %#", (_, environment, names, declared, expected) => {
  const ingredients = Object.fromEntries(names.map((name) => [name, "hash"]));
  const step = declared === undefined ? { environment } : { environment, declared };
  expect(couldSeeSecret(step, { key: "", ingredients }, SECRETS)).toBe(expected);
});
