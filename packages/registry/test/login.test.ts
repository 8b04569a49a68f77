import { expect, test } from "vitest";
import { parseChallenges } from "../src/login.js";

test.each([
  ["", []],
  ['Basic realm="Registry"', [{ scheme: "basic", parameters: { realm: "Registry" } }]],
  [
    'Bearer realm="https://auth.example.org/token",service="r.example.org",scope="repository:team/cache:pull"',
    [
      {
        scheme: "bearer",
        parameters: {
          realm: "https://auth.example.org/token",
          service: "r.example.org",
          scope: "repository:team/cache:pull",
        },
      },
    ],
  ],
  [
    'bearer realm="https://a/t", service=plain, Basic realm="x"',
    [
      { scheme: "bearer", parameters: { realm: "https://a/t", service: "plain" } },
      { scheme: "basic", parameters: { realm: "x" } },
    ],
  ],
  ["Negotiate", []],
])("what a registry asks for: %s", (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});
