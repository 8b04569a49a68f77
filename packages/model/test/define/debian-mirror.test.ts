import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { debianMirror } from "../../src/define/debian-mirror.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dibkit-debian-mirror-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const BOOKWORM = "ID=debian\nVERSION_CODENAME=bookworm\n";
const DEFAULT = { DIB_DEBIAN_SECURITY_SUBPATH: "-security" };
const deb822 = (uri: string, suites: string) =>
  `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/x.gpg\n`;

test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ["no machine that says what it is", {}, DEFAULT],
  ["another distribution", { "os-release": "ID=fedora\n" }, DEFAULT],
  ["a Debian without sources", { "os-release": BOOKWORM }, DEFAULT],
  [
    "a Debian with sources of one line",
    {
      "os-release": BOOKWORM,
      "apt/sources.list":
        "deb [signed-by=/k] http://a.example/debian bookworm main contrib\n# deb http://b.example/x bookworm main\n",
    },
    {
      DIB_DISTRIBUTION_MIRROR: "http://a.example/debian",
      DIB_APT_SOURCES_CONF: "debian:deb http://a.example/debian trixie main",
    },
  ],
  [
    "a Debian with paragraphs, one of them not enabled",
    {
      "os-release": BOOKWORM,
      "apt/sources.list.d/debian.sources": [
        `Enabled: no\n${deb822("http://c.example/debian", "bookworm")}`,
        deb822("http://a.example/debian", "bookworm bookworm-updates"),
        deb822("http://a.example/debian-security", "bookworm-security"),
      ].join("\n"),
    },
    {
      DIB_DISTRIBUTION_MIRROR: "http://a.example/debian",
      DIB_APT_SOURCES_CONF: [
        "debian:deb http://a.example/debian trixie main",
        "debian-updates:deb http://a.example/debian trixie-updates main",
        "debian-security:deb http://a.example/debian-security trixie-security main",
      ].join("\n"),
    },
  ],
])("%s", (_, files, expected) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, "etc", path)), { recursive: true });
    writeFileSync(join(root, "etc", path), text);
  }
  expect(debianMirror("trixie", root)).toEqual(expected);
});
