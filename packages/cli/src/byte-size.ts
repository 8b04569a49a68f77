/** Bytes of a word such as `500M`, `1.5GiB` or `1024`, in powers of 1024; undefined when it is none. */
export function parseByteSize(word: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(word);
  if (match?.[1] === undefined) return undefined;
  return Number(match[1]) * 1024 ** " KMGT".indexOf((match[2] || " ").toUpperCase());
}

/** `812.3 MiB`. */
export function renderByteSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${step === 0 ? bytes : (bytes / 1024 ** step).toFixed(1)} ${units[step]}`;
}

/** The same with a sign: `+1.2 MiB`. */
export function renderByteChange(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${renderByteSize(Math.abs(bytes))}`;
}
