/** Packages of a dpkg status file: `NAME:ARCH` to `VERSION (STATUS)`. */
export function readPackages(status: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  for (const paragraph of status.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
    const name = field("Package");
    if (name !== "") packages.set(`${name}:${field("Architecture")}`, `${field("Version")} (${field("Status")})`);
  }
  return packages;
}
