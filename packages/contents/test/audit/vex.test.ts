import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Vulnerability } from "../../src/audit/audited-package.js";
import { vexMatcher } from "../../src/audit/match-vex.js";
import { readVex } from "../../src/audit/read-vex.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-vex-"));
const file = join(directory, "vex.json");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PRODUCT = { "@id": "pkg:deb/debian/openssl" };
const good = { vulnerability: { name: "CVE-1" }, products: [PRODUCT], status: "not_affected", impact_statement: "x" };

function read(statements: unknown, context: unknown = "https://openvex.dev/ns/v0.2.0") {
  writeFileSync(file, JSON.stringify({ "@context": context, statements }));
  return readVex(file, "acme");
}

test("a statement is read with the element that it lies beside", async () => {
  expect(await read([good])).toEqual({
    ok: true,
    value: [
      {
        ...{ vulnerabilities: ["CVE-1"], products: ["pkg:deb/debian/openssl"], status: "not_affected", impact: "x" },
        ...{ file, element: "acme" },
      },
    ],
  });
});

describe("a document is refused", () => {
  test.each<[what: string, statements: unknown, error: string]>([
    ["without statements", undefined, 'is not an OpenVEX document: it needs "@context" and "statements"'],
    [
      "without a vulnerability",
      [good, { ...good, vulnerability: {} }],
      `statement 2 of "${file}" names no vulnerability`,
    ],
    [
      "with another status",
      [{ ...good, status: "fine" }],
      'has the status "fine", but legal are not_affected, affected',
    ],
    ["without a product", [{ ...good, products: [{ "@id": "https://x" }] }], "names no package"],
    ["without a reason", [{ ...good, impact_statement: undefined }], 'says "not_affected" without a "justification"'],
  ])("%s", async (_, statements, error) => {
    expect(await read(statements)).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  test("that is of another kind, or no JSON", async () => {
    expect(await read([good], "https://example.org")).toMatchObject({ ok: false });
    writeFileSync(file, "{");
    expect(await readVex(file)).toEqual({
      ok: false,
      error: expect.stringMatching(/vex\.json" is not JSON: line 1: a closing brace is expected here$/),
    });
  });
});

const vulnerability: Vulnerability = {
  id: "CVE-1",
  aliases: ["GHSA-1"],
  package: {
    ...{ name: "libssl3", version: "3.0.15-1+b1", type: "deb", asked: false },
    url: "pkg:deb/debian/libssl3@3.0.15-1%2Bb1?arch=amd64&distro=debian-12&upstream=openssl",
    source: { name: "openssl", version: "3.0.15-1" },
  },
};

test.each<[statement: object, about: boolean]>([
  [{}, true],
  [{ products: [{ "@id": "pkg:deb/debian/libssl3" }] }, true],
  [{ products: ["pkg:deb/debian/libssl3@3.0.15-1%2Bb1?arch=amd64"] }, true],
  [{ products: [{ "@id": "pkg:deb/debian/openssl@3.0.15-1" }] }, true],
  [{ products: [{ "@id": "pkg:deb/debian/openssl@3.0.14-1" }] }, false],
  [{ products: [{ "@id": "pkg:deb/debian/libssl3?arch=arm64" }] }, false],
  [{ products: [{ "@id": "pkg:deb/ubuntu/openssl" }] }, false],
  [{ products: [{ "@id": "pkg:rpm/debian/openssl" }] }, false],
  [{ products: [{ "@id": "https://images/web", subcomponents: [PRODUCT] }] }, true],
  [{ products: [{ identifiers: { purl: "pkg:deb/debian/openssl" } }] }, true],
  [{ vulnerability: { name: "CVE-2" } }, false],
  [{ vulnerability: { name: "CVE-2", aliases: ["CVE-1"] } }, true],
  [{ vulnerability: "GHSA-1" }, true],
])("the statement %j is about the package: %s", async (change, about) => {
  const statements = await read([{ ...good, ...change }]);
  if (!statements.ok) throw new Error(statements.error);
  expect((await vexMatcher(statements.value))(vulnerability) !== undefined).toBe(about);
});

test("of several statements the last one counts", async () => {
  const statements = await read([good, { ...good, status: "affected" }]);
  if (!statements.ok) throw new Error(statements.error);
  expect((await vexMatcher(statements.value))(vulnerability)?.status).toBe("affected");
});
