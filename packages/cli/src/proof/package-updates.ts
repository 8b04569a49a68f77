import type { CommandRunner } from "@dibkit/exec";
import { err, type LockDocument, ok, type Result } from "@dibkit/model";

/** What differs between two locks in the packages of one source package: they are made for each other. */
export interface PackageUpdate {
  /** Of the source package, such as `openssl`. */
  readonly source: string;
  readonly packages: readonly ChangedPackage[];
}

export interface ChangedPackage {
  readonly name: string;
  /** Version in the older lock; undefined when that does not have it. */
  readonly from?: string;
  /** Version in the newer lock; undefined when that does not have it. */
  readonly to?: string;
  /** Absolute path of the `.deb` file of the newer version. */
  readonly file?: string;
}

/** What the control file of a package says that matters here. */
interface Control {
  readonly source: string;
  /** Names of packages, and what they provide, of which it needs one each. */
  readonly needs: readonly string[];
}

/**
 * The changes from one lock to another, each after those that it depends on; packages that go come last. `find` gives
 * the file with a digest. An error is a whole sentence.
 */
export async function packageUpdates(
  before: LockDocument,
  after: LockDocument,
  find: (sha256: string) => string | undefined,
  commands: CommandRunner,
): Promise<Result<readonly PackageUpdate[], string>> {
  const [old, young] = [versionsOf(before), versionsOf(after)];
  const changed = new Map<string, ChangedPackage>();
  const controls = new Map<string, Control>();
  for (const [name, { version, sha256, url }] of young) {
    const from = old.get(name)?.version;
    if (from === version) continue;
    if (!url?.startsWith("pkg:deb/"))
      return err(`package ${name} differs, and only packages of dpkg can be looked through`);
    const file = sha256 === undefined ? undefined : find(sha256);
    if (file === undefined) return err(`the file of package ${name} ${version} is not in the cache`);
    const control = await readControl(file, commands);
    if (!control.ok) return control;
    changed.set(name, { name, ...(from === undefined ? {} : { from }), to: version, file });
    controls.set(name, { ...control.value, source: control.value.source || name });
  }
  const updates: PackageUpdate[] = sourcesInOrder(controls).map((source) => ({
    source,
    packages: [...changed.values()].filter(({ name }) => controls.get(name)?.source === source),
  }));
  for (const [name, { version }] of old)
    if (!young.has(name)) updates.push({ source: name, packages: [{ name, from: version }] });
  return ok(updates);
}

function versionsOf({ packages }: LockDocument): ReadonlyMap<string, LockDocument["packages"][number]> {
  return new Map(packages.map((one) => [one.name, one]));
}

/** Source packages, each after those whose packages its own ones need; those that need each other come in some order. */
function sourcesInOrder(controls: ReadonlyMap<string, Control>): readonly string[] {
  const ordered = new Set<string>();
  const begun = new Set<string>();
  const visit = (source: string) => {
    if (begun.has(source)) return;
    begun.add(source);
    for (const control of controls.values()) {
      if (control.source !== source) continue;
      for (const need of control.needs) {
        const needed = controls.get(need);
        if (needed !== undefined) visit(needed.source);
      }
    }
    ordered.add(source);
  };
  for (const { source } of controls.values()) visit(source);
  return [...ordered];
}

async function readControl(file: string, commands: CommandRunner): Promise<Result<Control, string>> {
  const format = "--showformat=${source:Package}\\n${Pre-Depends}\\n${Depends}\\n";
  const run = await commands.run(["dpkg-deb", "--show", format, file]);
  if (!run.ok) return err(`"${file}" cannot be read as a package: ${run.error.tail.at(-1) ?? "dpkg-deb is missing"}`);
  const [source = "", ...lists] = run.value.stdout.split("\n");
  const needs = lists.flatMap((list) => list.split(/[,|]/)).map((word) => word.trim().replace(/[ :(].*$/, ""));
  return ok({ source, needs: needs.filter((name) => name !== "") });
}
