/** How many letters two names differ in, wherever they stand; 1 when only their order differs, 0 when only their case does. */
export function lettersApart(one: string, other: string): number {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  if (left === right) return 0;
  const rest = [...right];
  let missing = 0;
  for (const letter of left) {
    const index = rest.indexOf(letter);
    if (index === -1) missing += 1;
    else rest.splice(index, 1);
  }
  return Math.max(missing, rest.length, 1);
}
