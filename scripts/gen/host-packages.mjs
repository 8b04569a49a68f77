// scripts/host-packages.json: the host tools and their Debian packages, for the set-up that runs before any build.
export async function files(repository) {
  const { hostTools } = await import(`${repository}packages/build/src/doctor/host-tools.ts`);
  const rows = hostTools.map(({ program, debianPackage, purpose }) => ({
    tool: program,
    package: debianPackage,
    purpose,
  }));
  return { "scripts/host-packages.json": `${JSON.stringify(rows, null, 2)}\n` };
}
