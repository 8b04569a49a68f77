import { expect, test } from "vitest";
import { cacheRegistries } from "../../src/building/cache-registries.js";

const NOTHING = { cacheFrom: [], cacheTo: undefined };
const PROJECT = { cacheFrom: ["project.example.org/a"], cacheTo: "project.example.org/a" };
const VARIABLES = {
  DIBKIT_CACHE_FROM: " env.example.org/a  env.example.org/b ",
  DIBKIT_CACHE_TO: "env.example.org/a,mode=max",
};

test.each([
  ["nothing", NOTHING, {}, {}, { cacheFrom: [], cacheTo: undefined }],
  ["the project's", NOTHING, {}, PROJECT, PROJECT],
  ["variables that are set to nothing", NOTHING, { DIBKIT_CACHE_FROM: "", DIBKIT_CACHE_TO: "" }, PROJECT, PROJECT],
  [
    "variables, with spaces between repositories",
    NOTHING,
    VARIABLES,
    PROJECT,
    { cacheFrom: ["env.example.org/a", "env.example.org/b"], cacheTo: "env.example.org/a,mode=max" },
  ],
  [
    "flags, each for itself",
    { cacheFrom: ["flag.example.org/a"], cacheTo: undefined },
    { DIBKIT_CACHE_TO: "env.example.org/a" },
    PROJECT,
    { cacheFrom: ["flag.example.org/a"], cacheTo: "env.example.org/a" },
  ],
])("the registries of a build: %s", (_, options, env, config, expected) => {
  expect(cacheRegistries(options, env, config)).toEqual(expected);
});
