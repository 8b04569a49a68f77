/** `/var` comes before `/var/log`; paths where neither starts with the other are in no order. */
function comesBefore(path: string, other: string): boolean {
  return path !== other && other.startsWith(path);
}

/**
 * Mount points in the order upstream mounts them, so that fstab has the same lines in the same order.
 *
 * Upstream sorts after each addition with a comparison that is no order at all for unrelated paths (level3/mount.py),
 * so the outcome follows from Python's binary insertion. That can put `/var` after `/var/log`, which would hide the
 * latter; only then this differs, and moves the outer path forward.
 */
export function sortMountPoints(paths: readonly string[]): readonly string[] {
  let sorted: string[] = [];
  for (const path of paths) sorted = sortAsPython([...sorted, path]);
  for (let at = 0; at < sorted.length; at += 1) {
    const path = sorted[at] as string;
    const inner = sorted.findIndex((other, index) => index < at && comesBefore(path.replace(/\/?$/, "/"), other));
    if (inner !== -1) sorted.splice(inner, 0, ...sorted.splice(at, 1));
  }
  return sorted;
}

/** Python's list.sort for fewer than 64 items: take the leading run, then insert the rest by binary search. */
function sortAsPython(list: readonly string[]): string[] {
  const sorted = [...list];
  const less = (a: number, b: number) => comesBefore(sorted[a] as string, sorted[b] as string);
  let run = Math.min(sorted.length, 1);
  if (sorted.length > 1) {
    const descending = less(1, 0);
    run = 2;
    while (run < sorted.length && less(run, run - 1) === descending) run += 1;
    if (descending) sorted.splice(0, run, ...sorted.slice(0, run).reverse());
  }
  for (let start = run; start < sorted.length; start += 1) {
    const pivot = sorted[start] as string;
    let low = 0;
    let high = start;
    while (low < high) {
      const middle = low + ((high - low) >> 1);
      if (comesBefore(pivot, sorted[middle] as string)) high = middle;
      else low = middle + 1;
    }
    sorted.splice(start, 1);
    sorted.splice(low, 0, pivot);
  }
  return sorted;
}
