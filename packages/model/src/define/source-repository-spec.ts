import type { CallSite } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";

/** A line of a `source-repository-*` file. Upstream lets the shell expand destination, location and ref. */
export interface SourceRepositorySpec {
  /** The name `DIB_REPOLOCATION_<name>` and its like go by; the key of the repository unless stated. */
  readonly name?: string;
  /** How it is fetched: cloned, unpacked, copied, or left to the packages of the distribution. */
  readonly type: "git" | "tar" | "file" | "package";
  /** Absolute path in the image: `"/opt/acme"`. */
  readonly destination?: string;
  /** URL or path to fetch from: `"https://example.org/acme.git"`. */
  readonly location?: string;
  /** git: branch, tag or commit, `master` unless stated: `"v1.2"`. tar: directory inside the archive. */
  readonly ref?: string;
}

/** Repositories by the name that ends the file name `source-repository-<key>`; a list makes several lines. */
export type SourceRepositoriesSpec = {
  readonly [key: string]: SourceRepositorySpec | readonly SourceRepositorySpec[];
};

/**
 * Lines of `source-repository-<key>`. The last one must end in a newline, or upstream does not read it.
 *
 * @throws DefinitionError when a word is missing before one that is there, which upstream would take for it.
 */
export function sourceRepositoryText(
  key: string,
  spec: SourceRepositorySpec | readonly SourceRepositorySpec[],
  site?: CallSite,
): string {
  const lines = Array.isArray(spec) ? (spec as readonly SourceRepositorySpec[]) : [spec as SourceRepositorySpec];
  for (const { destination, location, ref } of lines) {
    if (destination === undefined && (location ?? ref) !== undefined) throw gap(key, "destination", site);
    if (location === undefined && ref !== undefined) throw gap(key, "location", site);
  }
  return lines
    .map((line) =>
      [line.name ?? key, line.type, line.destination, line.location, line.ref]
        .filter((word) => word !== undefined)
        .join(" "),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function gap(key: string, field: string, site: CallSite | undefined): DefinitionError {
  return new DefinitionError(
    `source repository "${key}" has no ${field}, so upstream would take what follows for it`,
    site,
    `give it a ${field}`,
  );
}
