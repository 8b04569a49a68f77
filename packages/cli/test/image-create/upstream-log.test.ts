import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isImageCreate } from "../../src/image-create/is-image-create.js";
import { upstreamLog } from "../../src/image-create/upstream-log.js";

const now = () => new Date("2026-01-02T03:04:05.678Z");
const stamped = "2026-01-02 03:04:05.678 | line\n";

test.each([
  [{}, false, stamped],
  [{ DIB_NO_TIMESTAMP: "1" }, false, "line\n"],
  [{ DIB_QUIET: "1" }, false, ""],
  [{}, true, ""],
  [{ DIB_QUIET: "0" }, true, stamped],
  [{ DIB_QUIET: "" }, true, ""],
  [{ DIB_QUIET: "0", DIB_NO_TIMESTAMP: "1" }, true, "line\n"],
])("with %j and a log file: %s, standard output is %j", (env, withFile, expected) => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-cli-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "log");
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  upstreamLog({ write, env, now, ...(withFile ? { file } : {}) })("line");
  expect(printed).toBe(expected);
  if (withFile) expect(readFileSync(file, "utf8")).toBe(stamped);
});

test.each([
  ["/usr/local/bin/dibkit-image-create", true],
  ["/x/bin/dibkit-ramdisk-image-create.js", true],
  ["disk-image-create", true],
  ["/x/node_modules/.bin/dibkit", false],
  ["/x/bin/dibkit.js", false],
])("started as %s: %s", (program, expected) => {
  expect(isImageCreate(program)).toBe(expected);
});
