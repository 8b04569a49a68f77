import { expect, test } from "vitest";
import { buildRequest } from "../../src/plan/request-from-flags.js";

const BOTH = ["md5", "sha256"] as const;

test.each([
  [false, undefined, undefined, undefined, []],
  [false, undefined, "1", "3.13.0", BOTH],
  [false, undefined, "0", undefined, []],
  [false, undefined, "sha256", "3.13.0", []],
  [false, undefined, "sha256", "3.31.0", ["sha256"]],
  [false, undefined, "sha256,md5", undefined, BOTH],
  [false, true, "0", undefined, BOTH],
  [false, ["md5"], "1", "3.13.0", ["md5"]],
  [false, false, "sha256", undefined, []],
  [true, false, "0", "3.13.0", BOTH],
] as const)("--checksum %s, checksum: %j, DIB_CHECKSUM %s with diskimage-builder %s: %j", (...row) => {
  const [checksum, defined, variable, upstreamVersion, expected] = row;
  const definition = {
    dibkit: "image" as const,
    name: "web",
    elements: [],
    ...(defined === undefined ? {} : { checksum: defined }),
  };
  const context = {
    env: { DIB_CHECKSUM: variable },
    cwd: "/",
    hostArchitecture: "amd64",
    words: [],
    upstreamVersion,
  };
  expect(buildRequest({ checksum, refresh: false }, [], definition, context).checksums).toEqual(expected);
});
