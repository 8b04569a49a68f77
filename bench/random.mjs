/** Numbers between 0 and 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Choices that are the same for the same words. */
export function randomFrom(...words) {
  const next = randomNumbers(
    words.reduce((hash, word) => Math.imul(hash ^ (word >>> 0), 0x9e3779b1) ^ (hash >>> 15), 0x811c9dc5),
  );
  const below = (limit) => Math.floor(next() * limit);
  return { below, chance: (share) => next() < share, pick: (list) => list[below(list.length)] };
}
