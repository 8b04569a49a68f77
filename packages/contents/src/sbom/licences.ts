import parse from "spdx-expression-parse";
import deprecated from "spdx-license-ids/deprecated.json" with { type: "json" };
import current from "spdx-license-ids/index.json" with { type: "json" };

/** What is known of a package's licence. */
export interface Licence {
  /** SPDX expression; names that SPDX has not are `LicenseRef-NAME` in it. */
  readonly expression: string;
  /** The names as they are written, by their reference. */
  readonly references: Readonly<Record<string, string>>;
}

const KNOWN = new Map([...current, ...deprecated].map((id) => [id.toLowerCase(), id]));

/** Names of Debian's copyright format and of old RPMs that mean a licence of SPDX's list. */
const ALIASES: Readonly<Record<string, string>> = {
  expat: "MIT",
  "mit/x11": "MIT",
  artistic: "Artistic-1.0-Perl",
  "artistic-2": "Artistic-2.0",
  apache: "Apache-2.0",
  "apache-2": "Apache-2.0",
  "bsd-2-clauses": "BSD-2-Clause",
  "bsd-3-clauses": "BSD-3-Clause",
  gplv2: "GPL-2.0-only",
  gplv3: "GPL-3.0-only",
  "gplv2+": "GPL-2.0-or-later",
  "gplv3+": "GPL-3.0-or-later",
  lgplv2: "LGPL-2.0-only",
  "lgplv2+": "LGPL-2.0-or-later",
  "lgplv3+": "LGPL-3.0-or-later",
  "mpl-2": "MPL-2.0",
  psf: "PSF-2.0",
  "python-2": "PSF-2.0",
  zlib: "Zlib",
  isc: "ISC",
};

/** The licences that a Debian copyright file names, each once; undefined when it is not in the machine-readable format. */
export function licenceOfCopyright(text: string): Licence | undefined {
  if (!/^Format(-Specification)?:/m.test(text.slice(0, 2000))) return undefined;
  const names = [...text.matchAll(/^License:[ \t]*(\S.*)$/gm)].map(([, name = ""]) => name.trim());
  return joined([...new Set(names)]);
}

/** What a package database says, which is an expression of SPDX's or older words. */
export function licenceOf(text: string): Licence | undefined {
  return isExpression(text) ? { expression: text, references: {} } : joined([text]);
}

function joined(names: readonly string[]): Licence | undefined {
  const parts = names.map(expressionOf).filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const expressions = [...new Set(parts.map(({ expression }) => expression))];
  const grouped = expressions.map((one) => (expressions.length > 1 && / OR /.test(one) ? `(${one})` : one));
  return {
    expression: grouped.join(" AND "),
    references: Object.fromEntries(parts.flatMap(({ references }) => Object.entries(references))),
  };
}

/** `GPL-2+ or Artistic, and Expat`: Debian's words, of which a comma binds less than the words do. */
function expressionOf(text: string): Licence | undefined {
  const references: Record<string, string> = {};
  const groups = text
    .split(/,\s*(?=and\b|or\b)/i)
    .map((group) => group.trim())
    .map((group) => ({
      word: /^(and|or)\b/i.exec(group)?.[1]?.toUpperCase(),
      rest: group.replace(/^(and|or)\b/i, ""),
    }));
  const shown = groups.flatMap(({ word, rest }, at) => {
    const names = rest.split(/\s+(and|or|&|\|)\s+/i);
    const words = names.map((name, index) =>
      index % 2 === 1 ? (/^(or|\|)$/i.test(name) ? "OR" : "AND") : nameOf(name.trim(), references),
    );
    const inner = words.filter((one) => one !== "").join(" ");
    const group = groups.length > 1 && words.length > 1 ? `(${inner})` : inner;
    return at === 0 ? [group] : [word ?? "AND", group];
  });
  const expression = shown.filter((part) => part !== "").join(" ");
  return isExpression(expression) ? { expression, references } : reference(text);
}

function reference(text: string): Licence | undefined {
  const references: Record<string, string> = {};
  const expression = referenceTo(text, references);
  return expression === "" ? undefined : { expression, references };
}

function nameOf(written: string, references: Record<string, string>): string {
  const exception = /^(\S+) with (.+)$/i.exec(written);
  const name = exception?.[1] ?? written;
  const known = idOf(name);
  if (known !== undefined && exception === null) return known;
  return referenceTo(written, references);
}

function idOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  const alias = ALIASES[lower];
  if (alias !== undefined) return alias;
  // The GNU licences have no plain names any more.
  const gnu = /^(a?gpl|lgpl|gfdl)-?(\d+(?:\.\d+)?)(\+|-only|-or-later)?$/.exec(lower);
  if (gnu !== null) {
    const version = gnu[2]?.includes(".") ? gnu[2] : `${gnu[2]}.0`;
    const family = gnu[1] === "gfdl" ? "GFDL" : gnu[1]?.toUpperCase();
    const id = `${family}-${version}-${gnu[3] === undefined || gnu[3] === "-only" ? "only" : "or-later"}`;
    return KNOWN.get(id.toLowerCase());
  }
  return KNOWN.get(lower);
}

function referenceTo(written: string, references: Record<string, string>): string {
  const id = written
    .replace(/[^A-Za-z0-9.-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
  if (id === "") return "";
  references[`LicenseRef-${id}`] = written;
  return `LicenseRef-${id}`;
}

function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}
