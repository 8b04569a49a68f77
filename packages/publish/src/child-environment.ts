/** The environment for programs that dibkit runs while publishing: everything but the credentials in `OS_*`. */
export function childEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("OS_"),
  );
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}
