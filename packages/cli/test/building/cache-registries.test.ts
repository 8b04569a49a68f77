import { expect, test } from "vitest";
import { cacheRegistries } from "../../src/building/cache-registries.js";

const NOTHING = {
  ...{ cacheFrom: [], cacheTo: undefined, cacheTrust: [] },
  ...{ cacheSign: undefined, cacheSecretKey: undefined },
};
const PROJECT = {
  ...{ cacheFrom: ["project.example.org/a"], cacheTo: "project.example.org/a" },
  ...{ cacheSign: "keys/a.key", cacheSecretKey: "keys/secret", cacheTrust: ["keys/a.pub", "/etc/b.pub"] },
};
const OF_PROJECT = {
  ...{ ...PROJECT, cacheSign: "/project/keys/a.key", cacheSecretKey: "/project/keys/secret" },
  cacheTrust: ["/project/keys/a.pub", "/etc/b.pub"],
};
const VARIABLES = {
  DIBKIT_CACHE_FROM: " env.example.org/a  env.example.org/b ",
  DIBKIT_CACHE_TO: "env.example.org/a,mode=max",
  DIBKIT_CACHE_SIGN: "/env/a.key",
  DIBKIT_CACHE_SECRET_KEY: "/env/secret",
  DIBKIT_CACHE_TRUST: "a.pub /env/b.pub",
};
const OF_VARIABLES = {
  ...{ cacheFrom: ["env.example.org/a", "env.example.org/b"], cacheTo: "env.example.org/a,mode=max" },
  ...{ cacheSign: "/env/a.key", cacheSecretKey: "/env/secret", cacheTrust: ["a.pub", "/env/b.pub"] },
};

test.each([
  ["nothing", NOTHING, {}, {}, NOTHING],
  ["the project's", NOTHING, {}, PROJECT, OF_PROJECT],
  [
    "variables that are set to nothing",
    NOTHING,
    { DIBKIT_CACHE_FROM: "", DIBKIT_CACHE_TO: "", DIBKIT_CACHE_SIGN: "", DIBKIT_CACHE_TRUST: " " },
    PROJECT,
    OF_PROJECT,
  ],
  ["variables, with spaces between words", NOTHING, VARIABLES, PROJECT, OF_VARIABLES],
  [
    "flags, each for itself",
    { ...NOTHING, cacheFrom: ["flag.example.org/a"], cacheTrust: ["flag.pub"] },
    { DIBKIT_CACHE_TO: "env.example.org/a" },
    PROJECT,
    {
      ...{ cacheFrom: ["flag.example.org/a"], cacheTo: "env.example.org/a" },
      ...{ cacheSign: "/project/keys/a.key", cacheSecretKey: "/project/keys/secret", cacheTrust: ["flag.pub"] },
    },
  ],
])("the registries of a build: %s", (_, options, env, config, expected) => {
  expect(cacheRegistries(options, env, { config, root: "/project" })).toEqual(expected);
});
