/** One word for a POSIX shell. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line for a POSIX shell. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
