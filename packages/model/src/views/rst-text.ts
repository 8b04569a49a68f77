/** One line without inline markup. */
export function plainText(block: string): string {
  return block
    .replace(/^[*-]\s+/, "")
    .replace(/``([^`]*)``/g, "$1")
    .replace(/:[a-z]+:`([^`]*)`/g, "$1")
    .replace(/`([^`<]*?)\s*(?:<[^>]*>)?`_*/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/\\(.)/g, "$1")
    .replace(/::(?=\s*$)/, ":")
    .replace(/\s+/g, " ")
    .trim();
}
