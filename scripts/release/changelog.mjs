// The changelog of a release: what is under "Unreleased" gets the version and the date, and an empty "Unreleased" stays above.
const UNRELEASED = /^## \[Unreleased\][^\n]*\n/m;

/** What is written under "Unreleased"; undefined without such a section, empty when nothing is in it. */
export function unreleasedEntries(text) {
  const heading = UNRELEASED.exec(text);
  if (heading === null) return undefined;
  const rest = text.slice(heading.index + heading[0].length);
  const section = rest.slice(0, /^(?:## |\[[^\]]+\]: )/m.exec(rest)?.index);
  // Headings of groups ("### Added") with nothing below them are no entries.
  return /^(?!#).*\S/m.test(section) ? section.trim() : "";
}

/** The changelog with that section dated; `day` is such as 2026-01-31. */
export function releasedChangelog(text, version, day) {
  return text.replace(UNRELEASED, (heading) => `${heading}\n## [${version}] - ${day}\n`);
}

/** Whether a version has its section already. */
export function hasSection(text, version) {
  return text.includes(`\n## [${version}]`);
}
