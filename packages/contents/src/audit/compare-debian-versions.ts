/** Orders versions as dpkg does: `EPOCH:UPSTREAM-REVISION`, in which `~` comes before everything, even the end. */
export function compareDebianVersions(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)];
  return (
    compareNumbers(first.epoch, second.epoch) ||
    compareText(first.upstream, second.upstream) ||
    compareText(first.revision, second.revision)
  );
}

function partsOf(version: string) {
  const [, epoch = "0", rest = ""] = /^(?:(\d+):)?(.*)$/s.exec(version.trim()) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash === -1
    ? { epoch, upstream: rest, revision: "" }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

/** Text and numbers by turns; numbers by their value, text by a rank of each character. */
function compareText(a: string, b: string): number {
  const [first, second] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  // Both begin with text, of which there may be none.
  const aligned = (parts: readonly string[]) => (/^\d/.test(parts[0] ?? "") ? ["", ...parts] : parts);
  const [x, y] = [aligned(first), aligned(second)];
  for (let at = 0; at < Math.max(x.length, y.length); at += 1) {
    const [one = "", other = ""] = [x[at], y[at]];
    const order = at % 2 === 0 ? compareCharacters(one, other) : compareNumbers(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function compareCharacters(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = rank(a[at]) - rank(b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

/** Digits of any length, by value. */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}
