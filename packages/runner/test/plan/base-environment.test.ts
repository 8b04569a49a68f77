import { expect, test } from "vitest";
import { baseEnvironment } from "../../src/plan/base-environment.js";
import { formatRequest } from "../../src/plan/format-request.js";
import { type BuildFlags, buildRequest } from "../../src/plan/request-from-flags.js";

function requestOf(flags: Partial<BuildFlags>, env: Readonly<Record<string, string>>) {
  const context = { env: { HOME: "/root", ...env }, cwd: "/", hostArchitecture: "amd64", words: [] };
  return buildRequest({ refresh: false, ...flags }, [], undefined, context);
}

// What disk-image-create of 3.13 exports for the same flags and variables.
test.each<[Partial<BuildFlags>, Readonly<Record<string, string>>, Readonly<Record<string, string | undefined>>]>([
  [{}, {}, { DIB_OFFLINE: "", DIB_NO_TMPFS: "0", MAX_ONLINE_RESIZE: undefined }],
  [{ offline: true, noTmpfs: true }, {}, { DIB_OFFLINE: "1", DIB_NO_TMPFS: "1" }],
  [{}, { DIB_OFFLINE: "0", DIB_NO_TMPFS: "true" }, { DIB_OFFLINE: "0", DIB_NO_TMPFS: "true" }],
  [{ noTmpfs: true }, { DIB_NO_TMPFS: "0" }, { DIB_NO_TMPFS: "1" }],
  [{ installType: "package" }, {}, { DIB_DEFAULT_INSTALLTYPE: undefined }],
  [{ installType: "package" }, { DIB_DEFAULT_INSTALLTYPE: "source" }, { DIB_DEFAULT_INSTALLTYPE: "package" }],
  [{}, { DIB_DEFAULT_INSTALLTYPE: "" }, { DIB_DEFAULT_INSTALLTYPE: "source" }],
  [{ maxOnlineResize: "1000" }, {}, { MAX_ONLINE_RESIZE: "1000" }],
  [{ maxOnlineResize: "1000" }, { MAX_ONLINE_RESIZE: "5" }, { MAX_ONLINE_RESIZE: "1000" }],
])("scripts of a build with the flags %j and the variables %j get %j", (flags, env, expected) => {
  const values = baseEnvironment({
    request: requestOf(flags, env),
    passed: env,
    elements: [],
    elementsPath: [],
    disk: {},
  });
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, values[name]]))).toEqual(expected);
});

test.each([
  ["", false],
  ["0", false],
  ["1", true],
])("OVERWRITE_OLD_IMAGE=%s: an older image is lost: %s", (OVERWRITE_OLD_IMAGE, overwrite) => {
  expect(formatRequest(requestOf({}, { OVERWRITE_OLD_IMAGE }), "/image").overwrite).toBe(overwrite);
});
