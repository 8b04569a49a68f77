/** Orders versions such as `3.9.1` and `3.13.0.dev4` by their numbers; text in them counts for nothing. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(/\D+/).filter(Boolean).map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const difference = (first[at] ?? 0) - (second[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
