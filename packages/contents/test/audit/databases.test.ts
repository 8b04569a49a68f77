import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { AuditedPackage, AuditedSystem } from "../../src/audit/audited-package.js";
import { matchTracker } from "../../src/audit/debian-tracker.js";
import { matchOsv, type OsvRecord, packagesByName } from "../../src/audit/osv-records.js";
import { readDatabase } from "../../src/audit/read-database.js";
import { versionOrders } from "../../src/audit/version-orders.js";

const BOOKWORM: AuditedSystem = { id: "debian", version: "12", codename: "bookworm" };
const ROCKY: AuditedSystem = { id: "rocky", version: "9.4", codename: "" };

function aPackage(type: string, name: string, version: string, source = { name, version }): AuditedPackage {
  return { name, version, url: `pkg:${type}/x/${name}@${version}`, type, source, asked: false };
}

const libssl = aPackage("deb", "libssl3", "3.0.15-1+b1", { name: "openssl", version: "3.0.15-1" });
const rpm = aPackage("rpm", "openssl-libs", "1:3.0.7-27.el9");
const pip = aPackage("pypi", "Jinja2", "3.1.2");

const record = (ecosystem: string, name: string, events: readonly object[], more: object = {}): OsvRecord => ({
  id: "CVE-1",
  affected: [{ package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }] }],
  ...more,
});
const from0 = (more: object) => [{ introduced: "0" }, more];

describe("OSV's records", async () => {
  const orders = await versionOrders();
  test.each<[what: string, OsvRecord, AuditedSystem, AuditedPackage, fixed: string | boolean]>([
    ["an older one", record("Debian:12", "openssl", from0({ fixed: "3.0.16-1" })), BOOKWORM, libssl, "3.0.16-1"],
    ["the repaired one", record("Debian:12", "openssl", from0({ fixed: "3.0.15-1" })), BOOKWORM, libssl, false],
    ["another release", record("Debian:13", "openssl", from0({ fixed: "3.0.16-1" })), BOOKWORM, libssl, false],
    ["another system", record("Ubuntu:22.04", "openssl", from0({ fixed: "3.0.16-1" })), BOOKWORM, libssl, false],
    ["no release", record("Debian", "openssl", [{ introduced: "0" }]), BOOKWORM, libssl, true],
    ["one before it came", record("Debian:12", "openssl", [{ introduced: "3.1" }]), BOOKWORM, libssl, false],
    [
      "events in no order",
      record("Debian:12", "openssl", [{ fixed: "3.1" }, { introduced: "0" }]),
      BOOKWORM,
      libssl,
      "3.1",
    ],
    ["the last one", record("Debian:12", "openssl", from0({ last_affected: "3.0.15-1" })), BOOKWORM, libssl, true],
    [
      "one behind the last",
      record("Debian:12", "openssl", from0({ last_affected: "3.0.14" })),
      BOOKWORM,
      libssl,
      false,
    ],
    [
      "another source's package of that name",
      record("Debian:12", "libssl3", [{ introduced: "0" }]),
      BOOKWORM,
      libssl,
      false,
    ],
    [
      "what was taken back",
      record("Debian:12", "openssl", [{ introduced: "0" }], { withdrawn: "2026" }),
      BOOKWORM,
      libssl,
      false,
    ],
    [
      "a package of RPM",
      record("Rocky Linux:9", "openssl-libs", from0({ fixed: "1:3.0.7-28.el9" })),
      ROCKY,
      rpm,
      "1:3.0.7-28.el9",
    ],
    [
      "a newer one of RPM",
      record("Rocky Linux:9", "openssl-libs", from0({ fixed: "1:3.0.7-6.el9" })),
      ROCKY,
      rpm,
      false,
    ],
    ["Python's, by any spelling", record("PyPI", "jinja2", from0({ fixed: "3.1.3" })), ROCKY, pip, "3.1.3"],
  ])("find %s", (_, osv, system, one, fixed) => {
    const { vulnerabilities } = matchOsv(osv, system, packagesByName([one]), orders);
    const expected = { id: "CVE-1", package: one, ...(typeof fixed === "string" ? { fixed } : {}) };
    expect(vulnerabilities).toEqual(fixed === false ? [] : [expect.objectContaining(expected)]);
  });

  test("say a severity in several fields, and versions one by one", () => {
    const affected = { package: { ecosystem: "PyPI", name: "jinja2" }, versions: ["3.1.2"] };
    const osv = { id: "GHSA-1", aliases: ["CVE-2"], affected: [affected], database_specific: { severity: "HIGH" } };
    expect(matchOsv(osv, BOOKWORM, packagesByName([pip]), orders)).toMatchObject({
      asked: ["pypi"],
      vulnerabilities: [{ id: "GHSA-1", aliases: ["CVE-2"], severity: "HIGH" }],
    });
    expect(matchOsv(record("npm", "x", []), BOOKWORM, packagesByName([pip]), orders).asked).toEqual([]);
  });
});

describe("Debian's tracker", () => {
  const tracker = (release: object) => ({ openssl: { "CVE-1": { releases: { bookworm: release } } } });
  test.each<[what: string, release: object, fixed: string | boolean]>([
    ["an open one", { status: "open", urgency: "medium" }, true],
    ["an older one", { status: "resolved", fixed_version: "3.0.16-1" }, "3.0.16-1"],
    ["the repaired one", { status: "resolved", fixed_version: "3.0.15-1" }, false],
    ["what it never had", { status: "resolved", fixed_version: "0" }, false],
  ])("finds %s", (_, release, fixed) => {
    const { vulnerabilities } = matchTracker(tracker(release), BOOKWORM, [libssl]);
    const expected = { id: "CVE-1", package: libssl, ...(typeof fixed === "string" ? { fixed } : {}) };
    expect(vulnerabilities).toEqual(fixed === false ? [] : [expect.objectContaining(expected)]);
  });

  test("counts what it has not judged, and says when it does not know the release", () => {
    const open = tracker({ status: "undetermined" });
    expect(matchTracker(open, BOOKWORM, [libssl])).toEqual({ asked: true, vulnerabilities: [], undetermined: 1 });
    expect(matchTracker(open, { ...BOOKWORM, codename: "trixie" }, [libssl]).asked).toBe(false);
    expect(matchTracker(open, ROCKY, [rpm]).asked).toBe(false);
  });
});

describe("a database is read", () => {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-database-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, content: string | Buffer) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  const read = async (path: string) => {
    const told: string[] = [];
    const result = await readDatabase(path, {
      osv: ({ id }) => told.push(id),
      tracker: (tracker) => told.push(`tracker of ${Object.keys(tracker).join(" ")}`),
    });
    return result.ok ? told.sort() : result.error.message;
  };
  const osv = (id: string) => JSON.stringify({ id, affected: [] });
  const tracker = JSON.stringify({ openssl: { "CVE-1": { releases: {} } } });
  const list = join(directory, "list");
  mkdirSync(list);
  writeFileSync(join(list, "a.json"), osv("A-1"));
  writeFileSync(join(list, "b.json"), osv("B-1"));
  writeFileSync(join(list, "readme.txt"), "no record");
  const zip = join(directory, "all.zip");
  execFileSync("python3", ["-m", "zipfile", "-c", zip, "a.json", "b.json", "readme.txt"], { cwd: list });

  test.each<[what: string, path: string, expected: readonly string[]]>([
    ["a record", write("one.json", osv("A-1")), ["A-1"]],
    ["a list of records", write("some.json", `[${osv("A-1")},${osv("B-1")}]`), ["A-1", "B-1"]],
    ["an answer of OSV's service", write("answer.json", `{"vulns":[${osv("A-1")}]}`), ["A-1"]],
    ["a directory", list, ["A-1", "B-1"]],
    ["a zip file", zip, ["A-1", "B-1"]],
    ["the tracker", write("data.json", tracker), ["tracker of openssl"]],
    ["the tracker, packed", write("data.json.gz", gzipSync(tracker)), ["tracker of openssl"]],
  ])("%s", async (_, path, expected) => expect(await read(path)).toEqual(expected));

  const empty = join(directory, "empty");
  mkdirSync(empty);
  test.each<[what: string, path: string, message: RegExp]>([
    ["half a record", write("half.json", '{"id":'), /half\.json" is not JSON: line 1: a value is expected here/],
    ["something else", write("else.json", '{"a":1}'), /else\.json" has neither records of OSV nor Debian's tracker/],
    ["a number", write("number.json", "1"), /number\.json" has neither records/],
    ["no zip file", write("no.zip", "PK"), /no\.zip" is not a zip file, or it is not whole$/],
    ["what is not packed", write("no.json.gz", tracker), /no\.json\.gz" is not what gzip writes, or it is not whole$/],
    ["a packed file that is cut off", write("cut.json.gz", gzipSync(tracker).subarray(0, 30)), /not whole$/],
    ["an empty directory", empty, /the directory ".*empty" has no record of a vulnerability/],
  ])("%s is refused", async (_, path, message) => expect(await read(path)).toMatch(message));
});
