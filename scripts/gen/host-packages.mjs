// scripts/host-packages.json: the host tools and their Debian packages, for the set-up that runs before any build.

/** Big, and needed neither by the quickstart nor by the tests. */
const LEFT_OUT = ["docker", "qemu-system-aarch64"];

export async function files(repository) {
  const { neededTools } = await import(`${repository}packages/cli/src/doctor/host-needs.ts`);
  const wanted = neededTools.filter(({ program }) => !LEFT_OUT.includes(program));
  const rows = wanted.map(({ program, debianPackage, purpose }) => ({
    tool: program,
    package: debianPackage,
    purpose,
  }));
  return { "scripts/host-packages.json": `${JSON.stringify(rows, null, 2)}\n` };
}
