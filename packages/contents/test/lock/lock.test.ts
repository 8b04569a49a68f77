import type { LockDocument } from "@dibkit/model";
import type { BuildJob, Fetched } from "@dibkit/runner";
import { expect, test } from "vitest";
import type { StepFetches } from "../../src/fetched-by-steps.js";
import { compareLocks, lockMismatches } from "../../src/lock/compare-locks.js";
import { lockedRequests, parseLock, renderLock } from "../../src/lock/lock-file.js";
import { makeLock } from "../../src/lock/make-lock.js";
import type { PackagePart } from "../../src/sbom/image-parts.js";

const A = "a".repeat(64);
const B = "b".repeat(64);

function fetched(url: string, more: Partial<Fetched> = {}): Fetched {
  return { method: "GET", url, status: 200, bytes: 3, sha256: A, at: "2026-01-01T00:00:00Z", seconds: 0, ...more };
}

/** One that has no bytes. */
function empty(url: string, more: Partial<Fetched>): Fetched {
  const { sha256: _sha256, ...rest } = fetched(url, { bytes: 0, ...more });
  return rest;
}

const step = (...all: readonly Fetched[]): StepFetches => ({
  label: { phase: "install.d", script: "10-x", element: "x" },
  fetched: all,
  images: [],
  secretFree: true,
});

function lockOf(steps: readonly StepFetches[], packages: readonly PackagePart[] = []) {
  const request = { architecture: "amd64", elements: ["x"], upstreamVersion: "3.13.0" };
  const job = { request, elements: [{ name: "x", files: {} }] } as unknown as BuildJob;
  const system = { id: "debian", version: "12", name: "", codename: "" };
  return makeLock({ job, steps, parts: { system, packages, sources: [] } });
}

test("an answer is in it once, the whole one rather than one that failed before or after", () => {
  const { status: _status, sha256: _sha256, ...failed } = fetched("http://m/a", { trouble: "reset", bytes: 0 });
  const cut = fetched("http://m/a", { trouble: "cut off" });
  const { lock, troubles } = lockOf([step(failed, cut, fetched("http://m/a")), step(failed)]);
  expect(lock.fetched).toEqual([{ url: "http://m/a", size: 3, sha256: A }]);
  expect(troubles).toEqual([]);
});

test("what was never answered is answered that way again", () => {
  const { status: _status, sha256: _sha256, ...failed } = fetched("http://m/a", { trouble: "reset", bytes: 0 });
  const missing = empty("http://m/b", { status: 404 });
  expect(lockOf([step(failed, missing)]).lock.fetched).toEqual([
    { url: "http://m/a", size: 0, status: 502 },
    { url: "http://m/b", size: 0, status: 404 },
  ]);
});

test("requests with other words sent are others, and HEAD has the length that it was told", () => {
  const head = { "content-length": "12" };
  const { lock } = lockOf([
    step(
      fetched("http://m/a", { method: "POST", body: B }),
      fetched("http://m/a", { method: "POST", body: A }),
      empty("http://m/a", { method: "HEAD", headers: head }),
    ),
  ]);
  expect(lock.fetched).toEqual([
    { url: "http://m/a", size: 12, method: "HEAD", headers: head },
    { url: "http://m/a", size: 3, sha256: A, method: "POST", body: A },
    { url: "http://m/a", size: 3, sha256: A, method: "POST", body: B },
  ]);
});

test.each([
  [fetched("pypi.org:443", { method: "CONNECT" }), /install\.d\/10-x of element "x" fetched .* pypi\.org:443 by TLS/],
  [fetched("http://m/a", { method: "PUT" }), /sent PUT http:\/\/m\/a/],
  [fetched("http://m/known", { sha256: B }), /fetched http:\/\/m\/known again and got other bytes/],
])("what a lock cannot give again is told", (one, words) => {
  const { troubles } = lockOf([step(fetched("http://m/known"), one)]);
  expect(troubles).toEqual([expect.stringMatching(words)]);
});

test("packages have the digest of the file that they came in, whatever its epoch", () => {
  const part = (name: string, version: string, url: string): PackagePart => ({ name, version, url });
  const { lock } = lockOf(
    [
      step(fetched("http://m/vim_9.0_amd64.deb"), fetched("http://m/bash-5.2-1.x86_64.rpm", { sha256: B })),
      step(fetched("http://m/Zope_Event-5.0-py3-none-any.whl", { sha256: B }), fetched("http://m/six-1.16.0.tar.gz")),
    ],
    [
      part("vim", "2:9.0", "pkg:deb/debian/vim@2:9.0?arch=amd64&distro=debian-12"),
      part("bash", "5.2-1", "pkg:rpm/fedora/bash@5.2-1?arch=x86_64&distro=fedora-40"),
      part("other", "1", "pkg:pypi/other@1"),
      part("zope.event", "5.0", "pkg:pypi/zope-event@5.0"),
      part("six", "1.16.0", "pkg:pypi/six@1.16.0"),
    ],
  );
  expect(lock.packages.map(({ name, architecture, sha256 }) => [name, architecture, sha256])).toEqual([
    ["bash", "x86_64", B],
    ["other", undefined, undefined],
    ["six", undefined, A],
    ["vim", "amd64", A],
    ["zope.event", undefined, B],
  ]);
});

test("is read as it was written", () => {
  const { lock } = lockOf([step(fetched("http://m/a"), fetched("http://m/b", { method: "POST", body: B }))]);
  const read = parseLock("dibkit.lock", renderLock(lock));
  expect(read).toEqual({ ok: true, value: lock });
  expect(lockedRequests(lock)).toMatchObject([
    { method: "GET", status: 200, url: "http://m/a" },
    { method: "POST", status: 200, url: "http://m/b" },
  ]);
});

test("differences are lines, by kind", () => {
  const { lock } = lockOf([step(fetched("http://m/a"))]);
  const other: LockDocument = {
    ...lock,
    image: { ...lock.image, upstream: "3.37.0" },
    packages: [{ name: "vim", version: "1", architecture: "amd64" }],
    sources: [{ name: "x", location: "http://m/x.git", commit: "0123456789abcdef" }],
    fetched: [{ url: "http://m/a", size: 3, sha256: B }],
  };
  expect(compareLocks(lock, lock)).toEqual([]);
  expect(compareLocks(lock, other)).toEqual([
    "~ diskimage-builder 3.13.0 → 3.37.0",
    "+ package vim (amd64) 1",
    "+ git x of http://m/x.git 0123456789ab",
    "~ fetched http://m/a aaaaaaaaaaaa → bbbbbbbbbbbb",
  ]);
});

test("says why it is not that of a build", () => {
  const { lock } = lockOf([]);
  const job = {
    request: { architecture: "arm64" },
    elements: [{ name: "y", files: {} }],
  } as unknown as BuildJob;
  expect(lockMismatches(lock, job)).toEqual([
    "it is for amd64, and this is arm64",
    "it is of diskimage-builder 3.13.0, and this is (none)",
    'it has the element "x", which the image has not',
    'it does not have the element "y"',
  ]);
});
