import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheHome, homeDirectory, systemTrouble } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "dibkit-system-trouble-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
writeFileSync(join(scratch, "file"), "");
symlinkSync("loop", join(scratch, "loop"));

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each<[string, () => unknown, string, string]>([
  ["a missing file", () => readFileSync(join(scratch, "gone")), 'cannot open "$/gone": it does not exist', "make it"],
  [
    "a missing directory of temporary files",
    () => mkdtempSync(join(scratch, "gone/x-")),
    'cannot make a directory in "$/gone": it does not exist',
    "another directory",
  ],
  [
    "a file in the place of a directory",
    () => mkdirSync(join(scratch, "file/below/it"), { recursive: true }),
    'cannot make directory "$/file/below/it": a part of the path is not a directory',
    "another directory",
  ],
  ["a file listed", () => readdirSync(join(scratch, "file")), 'cannot list directory "$/file": a part', "another"],
  ["a directory written", () => writeFileSync(scratch, ""), 'cannot open "$": it is a directory', "name a file"],
  ["a link in a circle", () => statSync(join(scratch, "loop")), 'cannot look at "$/loop": its symbolic links', "mend"],
  [
    "a missing program",
    () => execFileSync("dibkit-no-such-program"),
    'program "dibkit-no-such-program" was not found',
    "install it",
  ],
  ["a file that cannot be run", () => execFileSync(join(scratch, "file")), 'cannot start "$/file"', "make it exec"],
])("%s is trouble of the machine", (_what, work, message, help) => {
  const trouble = systemTrouble(errorOf(work));
  expect(trouble?.message.replaceAll(scratch, "$")).toContain(message);
  expect(trouble?.help).toContain(help);
});

// Neither a superuser nor an ordinary machine gets these at will: as Node makes them.
test.each([
  ["EACCES", "open", 'cannot open "/x": permission was denied'],
  ["EPERM", "chown", 'cannot change "/x": the operation is not permitted'],
  ["EROFS", "mkdir", 'cannot make directory "/x": the filesystem is read-only'],
  ["ENOSPC", "write", 'cannot write "/x": no space is left on the device'],
  // Node's mkdir with parents.
  ["ENOENT", "mkdir", 'cannot make directory "/x": no space is left on the device'],
  ["EDQUOT", "copyfile", 'cannot copy "/x": the quota is used up'],
])("%s of %s is trouble of the machine", (code, syscall, message) => {
  expect(systemTrouble(Object.assign(new Error(code), { code, syscall, path: "/x" }))?.message).toBe(message);
});

test.each([
  new Error("no code"),
  new TypeError("x is not a function"),
  Object.assign(new Error("of a socket"), { code: "ECONNRESET", syscall: "read" }),
  Object.assign(new Error("of a module"), { code: "ERR_MODULE_NOT_FOUND" }),
  Object.assign(new Error("without a system call"), { code: "ENOENT" }),
  "text",
  undefined,
])("%s is none", (error) => {
  expect(systemTrouble(error)).toBeUndefined();
});

test("the home directory is HOME, else that of the user database, else the root directory", () => {
  expect(homeDirectory({ HOME: "/home/ann" })).toBe("/home/ann");
  expect(homeDirectory({})).toMatch(/^\//);
  expect(homeDirectory({ HOME: "" })).toBe(homeDirectory({}));
  expect(cacheHome({ HOME: "/home/ann" })).toBe("/home/ann/.cache");
  expect(cacheHome({ HOME: "/" })).toBe("/.cache");
  expect(cacheHome({ HOME: "/home/ann", XDG_CACHE_HOME: "/var/cache/ann" })).toBe("/var/cache/ann");
});
