/** What becomes of the items of a list: an old one stays (changed, perhaps) or goes, a new one comes. */
export type Alignment =
  | { readonly kind: "keep"; readonly old: number; readonly wanted: number }
  | { readonly kind: "remove"; readonly old: number }
  | { readonly kind: "add"; readonly wanted: number };

/** Pairs the items of two lists: equal ones at both ends, and those between one by one. */
export function alignItems(
  old: number,
  wanted: number,
  isSame: (old: number, wanted: number) => boolean,
): readonly Alignment[] {
  let head = 0;
  while (head < Math.min(old, wanted) && isSame(head, head)) head += 1;
  let tail = 0;
  while (tail < Math.min(old, wanted) - head && isSame(old - 1 - tail, wanted - 1 - tail)) tail += 1;
  const result: Alignment[] = [];
  for (let index = 0; index < Math.max(old, wanted) - tail; index += 1) {
    if (index < old - tail && index < wanted - tail) result.push({ kind: "keep", old: index, wanted: index });
    else if (index < old - tail) result.push({ kind: "remove", old: index });
    else if (index < wanted - tail) result.push({ kind: "add", wanted: index });
  }
  for (let left = tail; left > 0; left -= 1) result.push({ kind: "keep", old: old - left, wanted: wanted - left });
  return result;
}
