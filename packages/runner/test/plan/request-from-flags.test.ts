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

const EMPTY = {
  ...{ arch: "", output: "", types: "", imageCache: "", imageSize: "", imageExtraSize: "", minTmpfs: "", logfile: "" },
  ...{ installType: "", mkfsJournalSize: "", maxOnlineResize: "", qemuImgOptions: "", rootLabel: "", dockerTarget: "" },
  ...{ mkfsOptions: "", ramdiskElement: "", packages: ["", ","] },
};
const VARIABLES = [
  "ARCH",
  "IMAGE_NAME",
  "DIB_IMAGE_CACHE",
  "DIB_LOCKFILES",
  "DIB_NO_TMPFS",
  "DIB_OFFLINE",
  "DIB_MIN_TMPFS",
];

test("flags and variables that are set to nothing are as good as not given", () => {
  const env = { HOME: "/home/u" };
  const request = (flags: object, more: Readonly<Record<string, string>> = {}) => {
    const context = { env: { ...env, ...more }, cwd: "/work", hostArchitecture: "amd64", words: [] };
    const { environment: _environment, ...rest } = buildRequest({ refresh: false, ...flags }, [], undefined, context);
    return rest;
  };
  const none = request({});
  expect([none.architecture, none.imageName, none.formats]).toEqual(["amd64", "image", ["qcow2"]]);
  expect(request(EMPTY)).toEqual(none);
  expect(request({}, Object.fromEntries(VARIABLES.map((name) => [name, ""])))).toEqual(none);
});

test.each([
  ["0", false],
  ["1", true],
  ["true", true],
])("DIB_NO_TMPFS=%s is %s: upstream takes any other word than 0 for it", (value, expected) => {
  const context = { env: { DIB_NO_TMPFS: value }, cwd: "/", hostArchitecture: "amd64", words: [] };
  expect(buildRequest({ refresh: false }, [], undefined, context).noTmpfs).toBe(expected);
});
