import { expect, test } from "vitest";
import { licenceOf, licenceOfCopyright } from "../src/sbom/licences.js";

const copyright = (...licences: readonly string[]) =>
  `Format: copyright-format 1.0\n\n${licences
    .map((licence) => `Files: *\nCopyright: 2020 Somebody\nLicense: ${licence}\n some text\n`)
    .join("\n")}`;

test.each([
  [["GPL-2+"], "GPL-2.0-or-later"],
  [["GPL-3"], "GPL-3.0-only"],
  [["LGPL-2.1+", "LGPL-2.1+"], "LGPL-2.1-or-later"],
  [["Expat", "BSD-3-clause"], "MIT AND BSD-3-Clause"],
  [["GPL-2+ or Artistic", "Expat"], "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT"],
  [["GPL-1+ or Artistic, and Expat"], "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT"],
  [["public-domain"], "LicenseRef-public-domain"],
  [["GPL-2+ with OpenSSL exception"], "LicenseRef-GPL-2-with-OpenSSL-exception"],
  [["Apache-2.0"], "Apache-2.0"],
])("the licences %j of a copyright file are %s", (licences, expected) => {
  expect(licenceOfCopyright(copyright(...licences))?.expression).toBe(expected);
});

test("a copyright file in nobody's format says nothing that a program understands", () => {
  expect(licenceOfCopyright("This package was debianized by Somebody.\nLicense: see below\n")).toBeUndefined();
  expect(licenceOfCopyright("")).toBeUndefined();
});

test.each([
  ["MIT AND BSD-3-Clause", "MIT AND BSD-3-Clause"],
  ["GPLv2+ and LGPLv2+", "GPL-2.0-or-later AND LGPL-2.0-or-later"],
  ["GPLv3+ with exceptions", "LicenseRef-GPLv3-with-exceptions"],
  ["MIT License", "LicenseRef-MIT-License"],
])("what a database says, %s, is %s", (text, expected) => {
  const licence = licenceOf(text);
  expect(licence?.expression).toBe(expected);
  for (const reference of expected.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? []) {
    expect(licence?.references[reference]).toBeDefined();
  }
});
