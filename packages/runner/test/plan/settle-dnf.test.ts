import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SETTLE_DNF } from "../../src/plan/settle-dnf.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-settle-dnf-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** The table of transactions as dnf 4 has it, with its log left behind as by a program that was killed. */
const HISTORY = `
import os, sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("PRAGMA synchronous = OFF")
d.execute("PRAGMA journal_mode = WAL")
d.execute("CREATE TABLE trans (id INTEGER PRIMARY KEY, dt_begin INTEGER NOT NULL, dt_end INTEGER, cmdline TEXT)")
d.execute("CREATE TABLE trans_item (id INTEGER PRIMARY KEY, reason INTEGER NOT NULL)")
for time in sys.argv[2:]:
    d.execute("INSERT INTO trans (dt_begin, dt_end, cmdline) VALUES (?, ?, 'install x')", (int(time), int(time) + 3))
    d.execute("INSERT INTO trans_item (reason) VALUES (2)")
d.commit()
os._exit(0)
`;
const python = (...words: readonly string[]) => execFileSync("python3", ["-c", ...words], { encoding: "utf8" });

function settled(name: string, ...times: readonly string[]) {
  const root = join(directory, name);
  mkdirSync(join(root, "var/lib/dnf"), { recursive: true });
  const history = join(root, "var/lib/dnf/history.sqlite");
  python(HISTORY, history, ...times);
  python(SETTLE_DNF, root, "1700000000");
  return { root, history };
}

test("the history of dnf is the same whenever it was made, and keeps its reasons", () => {
  const [one, two] = [settled("one", "1", "20"), settled("two", "1234567890", "1234567899")];
  expect(readFileSync(two.history).equals(readFileSync(one.history))).toBe(true);
  expect(readdirSync(join(one.root, "var/lib/dnf"))).toEqual(["history.sqlite"]);
  const query = `
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
print(d.execute("SELECT dt_begin, dt_end, cmdline FROM trans").fetchall(), d.execute("SELECT reason FROM trans_item").fetchall())`;
  const row = "(1700000000, 1700000000, 'install x')";
  expect(python(query, two.history).trim()).toBe(`[${row}, ${row}] [(2,), (2,)]`);
});

test("an image without dnf stays without it", () => {
  const root = join(directory, "none");
  mkdirSync(root);
  python(SETTLE_DNF, root, "1");
  expect(existsSync(join(root, "var"))).toBe(false);
});
