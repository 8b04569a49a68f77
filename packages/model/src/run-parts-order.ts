const NUMBER = /^-?\d+/;

/** Leading number of a script's name, as `sort -n` reads it; undefined when there is none. */
export function priorityOf(name: string): number | undefined {
  const digits = NUMBER.exec(name)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Order of names by their bytes, as the C locale has it (code points, which UTF-16 code units are not). */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  for (let at = 0; ; ) {
    const one = a.codePointAt(at);
    const other = b.codePointAt(at);
    if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
    if (one !== other) return one < other ? -1 : 1;
    at += one > 0xffff ? 2 : 1;
  }
}

/** Order in which dib-run-parts runs scripts: by leading number, a name without one as 0, then by bytes. */
export function compareHookScripts(a: string, b: string): number {
  return (priorityOf(a) ?? 0) - (priorityOf(b) ?? 0) || compareBytes(a, b);
}

/**
 * Order in which dib-run-parts sources `environment.d`: by bytes. It means to sort by number too, but gives `sort -n`
 * whole paths, which begin with `/` and so all count as 0.
 */
export function compareEnvironmentFiles(a: string, b: string): number {
  return compareBytes(a, b);
}
