import { expect, test } from "vitest";
import type { HelperFile } from "../../src/layers/script-reach.js";
import { passedEnvironment, tellLeftOut } from "../../src/plan/passed-environment.js";

const file = (path: string, text: string): HelperFile => ({ id: `web/${path}`, path, name: path, text, hash: "" });
const HELPERS: readonly HelperFile[] = [
  file("install.d/50-web", '#!/bin/bash\necho "$HOSTNAME ${SSH_CONNECTION:-}"\n: $APP_FLAG_$name\nwelcome\n'),
  file("environment.d/10-web", "export NODE=${NODE:-20}\nexport ENV=${ENV:-production}\n"),
  file("README.rst", "``WEB_PORT`` is the port.\n"),
  { id: "web/static/usr/bin/web", path: "static/usr/bin/web", name: "web", hash: "" },
];

const rows: readonly (readonly [name: string, reaches: boolean, passed?: readonly string[]])[] = [
  ["HOSTNAME", true],
  ["SSH_CONNECTION", true],
  ["NODE", true],
  ["ENV", true],
  ["WEB_PORT", true],
  ["APP_FLAG_tls", true],
  ["BASH_FUNC_welcome%%", true],
  ["BASH_FUNC_module%%", false],
  ["DIB_NOBODY_KNOWS", true],
  ["http_proxy", true],
  ["HTTPS_PROXY", true],
  ["LC_MESSAGES", true],
  ["SUDO_UID", true],
  ["GITHUB_RUN_ID", false],
  ["CI_JOB_ID", false],
  ["BUILD_NUMBER", false],
  ["OVERWRITE_OLD_IMAGE", false],
  ["GIT_COMMIT", false],
  ["SYSTEMD_EXEC_PID", false],
  ["SSH_CLIENT", false],
  ["npm_lifecycle_event", false],
  ["PWD", false],
  ["GITHUB_RUN_ID", true, ["GITHUB_RUN_ID"]],
  ["GITHUB_RUN_ID", true, ["GITHUB_*"]],
  ["GITHUB_RUN_ID", true, ["all"]],
  ["GITHUB_RUN_ID", false, ["GITHUB_RUN"]],
  ["BASH_FUNC_module%%", true, ["module"]],
  ["SHLVL", false, ["all"]],
];

test.each(rows.map(([name, expected, passEnvironment = []]) => ({ name, expected, passEnvironment })))(
  "$name reaches scripts: $expected (passed: $passEnvironment)",
  ({ name, expected, passEnvironment }) => {
    const request = { environment: { [name]: "x" }, clearEnvironment: false, passEnvironment };
    expect(passedEnvironment(request, HELPERS).values).toEqual(expected ? { [name]: "x" } : {});
    expect(passedEnvironment({ ...request, clearEnvironment: true }, HELPERS).values).toEqual({});
  },
);

test("what is left out is said in one line", () => {
  const told = (names: readonly string[], passEnvironment: readonly string[] = []) => {
    const environment = Object.fromEntries(names.map((name) => [name, "1"]));
    const passed = passedEnvironment({ environment, clearEnvironment: false, passEnvironment }, HELPERS);
    return tellLeftOut(passed).map(({ message, help }) => `${message}; ${help}`);
  };
  expect(told(["TERM", "SSH_CLIENT", "npm_config_cache", "HOSTNAME", "DIB_X", "http_proxy"])).toEqual([]);
  expect(told(["CI_JOB_ID"])).toEqual([
    'no script gets CI_JOB_ID: nothing in the build names it; hand one on with "--pass-env CI_JOB_ID", everything with "--pass-env all"',
  ]);
  expect(told(["A8", "A7", "A6", "A5", "A4", "A3", "A2", "A1"])[0]).toMatch(
    /^no script gets A1, A2, A3, A4, A5, A6 and 2 more: nothing in the build names them;/,
  );
  expect(told(["CI_JOB_ID"], ["CI_*"])).toEqual([]);
});
