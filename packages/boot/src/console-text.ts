import { stripVTControlCharacters } from "node:util";

const ESCAPE = "\u001b";
/** Also a whole movement to the first line, which is the beginning of a way to wipe the screen. */
const UNFINISHED_SEQUENCE = new RegExp(`((${ESCAPE}\\[H)?${ESCAPE}[^a-zA-Z~@]{0,31}|${ESCAPE}\\[H|\\r)$`);
/** Moves to another line, as GRUB and UEFI firmware do to draw menus. */
const CURSOR_POSITION = new RegExp(`${ESCAPE}\\[[\\d;]*[Hdf]`, "g");

/** Makes pieces of a stream that no control sequence is cut between: the beginning of one is held back. */
export function createSequenceJoiner(): (chunk: string) => string {
  let held = "";
  return (chunk) => {
    const text = held + chunk;
    const cut = UNFINISHED_SEQUENCE.exec(text)?.index ?? text.length;
    held = text.slice(cut);
    return text.slice(0, cut);
  };
}

/** Text as a stream of lines, to be searched: without colours and other control characters, lines ended by a line feed. */
export function plainText(text: string): string {
  const shown = (character: string) => character >= " " || "\t\n\r".includes(character);
  const lines = text.replaceAll(CURSOR_POSITION, "\n");
  return [...stripVTControlCharacters(lines)].filter(shown).join("").replaceAll(/\r+\n/g, "\n");
}

/** Not the one in the kernel's times, such as `[    0.000000]`. */
const WIDE_GAP = /(?<![\s[])\s{3,}/g;

/** Lines that are drawn: of a frame nothing is left, and wide gaps become small ones. */
export function readableLine(line: string): string {
  const unframed = line.replaceAll(/[\u2500-\u259f]+/g, " ").replace(/^\s*\|(.*)\|\s*$/, "$1");
  // GRUB draws with these where the console has no other characters.
  return /^[\s+=_|/\\-]*$/.test(unframed) ? "" : unframed.trim().replaceAll(WIDE_GAP, "  ");
}
