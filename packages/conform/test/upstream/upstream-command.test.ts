import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { upstreamInstallation } from "@dibkit/model";
import { buildRequest } from "@dibkit/runner";
import { expect, onTestFinished, test } from "vitest";
import { upstreamCommand } from "../../src/upstream/upstream-command.js";

const upstream = upstreamInstallation(process.env);

test.runIf(upstream !== undefined)("upstream itself accepts every flag that a request can have", () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-upstream-flags-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const flags = {
    trace: 0,
    uncompressed: true,
    clear: true,
    skipBase: true,
    packages: ["a,b", "c"],
    checksum: true,
    imageSize: "4",
    imageExtraSize: "100",
    imageCache: join(directory, "cache"),
    maxOnlineResize: "1000",
    minTmpfs: "2",
    mkfsJournalSize: "64",
    mkfsOptions: "-T big",
    noTmpfs: true,
    offline: true,
    qemuImgOptions: "compat=1.1",
    rootLabel: "root",
    installType: "package",
    dockerTarget: "a:b",
    types: "tar,raw",
    refresh: false,
  };
  const env = { PATH: process.env.PATH, HOME: directory };
  // Without elements upstream reads its command line, says that there are none, and ends.
  const request = buildRequest(flags, [], undefined, { env, cwd: directory, hostArchitecture: "amd64", words: [] });
  const command = upstreamCommand(
    request,
    join(directory, "image"),
    ["/a", "/b"],
    upstream as NonNullable<typeof upstream>,
  );
  const [program = "", ...args] = command.argv;
  const run = spawnSync(program, args, { env: command.environment, encoding: "utf8" });
  expect(`${run.stdout}${run.stderr}`).toContain("At least one distribution root element must be specified");
  expect(`${run.stdout}${run.stderr}`).not.toMatch(/unrecognized|requires an argument|ambiguous/);
  expect(command.environment).toMatchObject({
    DIB_IMAGE_EXTRA_SIZE: "100",
    DIB_JOURNAL_SIZE: "64",
    ELEMENTS_PATH: "/a:/b",
  });
});
