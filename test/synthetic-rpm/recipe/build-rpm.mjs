import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_TIME, renderSpec } from "./rpm-spec.mjs";
import { runProgram } from "./run-program.mjs";

/**
 * Makes the RPM of a tree; the same tree and declarations give the same bytes.
 *
 * @param {import("./rpm-spec.mjs").RpmPackage} rpm
 * @param {import("./package-tree.mjs").PackageTree} tree
 * @param {{ work: string, into: string }} folders an own directory for rpmbuild, and where the RPM goes
 */
export async function buildRpm(rpm, tree, { work, into }) {
  mkdirSync(work, { recursive: true });
  const spec = join(work, "package.spec");
  writeFileSync(spec, renderSpec(rpm, tree.entries()));
  const macros = {
    _topdir: join(work, "top"),
    _rpmdir: join(work, "rpms"),
    _rpmfilename: "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
    _dbpath: join(work, "database"),
  };
  const defines = Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
  const words = ["rpmbuild", "-bb", "--quiet", "--target", "x86_64", "--noclean", "--buildroot", tree.root];
  await runProgram([...words, ...defines, spec], {
    // Nothing of the caller's: neither a locale nor macros of a home directory.
    env: { PATH: process.env.PATH, HOME: work, LC_ALL: "C.UTF-8", TZ: "UTC", SOURCE_DATE_EPOCH: `${PACKAGE_TIME}` },
  });
  mkdirSync(into, { recursive: true });
  for (const name of readdirSync(join(work, "rpms"))) {
    const file = join(work, "rpms", name);
    utimesSync(file, PACKAGE_TIME, PACKAGE_TIME);
    renameSync(file, join(into, name));
  }
}
