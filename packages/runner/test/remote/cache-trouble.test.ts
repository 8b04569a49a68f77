import { expect, test } from "vitest";
import { cacheTrouble } from "../../src/remote/remote-layers.js";

test.each([
  ["cacheFrom", "r.example.org/team/cache", undefined],
  ["cacheTo", "r.example.org/team/cache,mode=min", undefined],
  ["cacheTo", "r.example.org/team/cache,tls-verify=false,mode=max", undefined],
  ["cacheTo", "r.example.org/team/cache,mode=most", "has mode=most, but legal are min, max"],
  ["cacheFrom", "r.example.org/team/cache,mode=max", 'has "mode=max", but known are tls-verify'],
  ["cacheFrom", "team/cache", "must begin with a registry, such as registry.example.org/team/cache"],
] as const)("%s %s", (flag, word, trouble) => {
  expect(cacheTrouble(flag, word)).toBe(trouble);
});
