/** Small and repeatable random numbers (mulberry32), the same for the same words. */
export function randomFrom(...words) {
  let state = words.reduce((hash, word) => Math.imul(hash ^ (word >>> 0), 0x9e3779b1) ^ (hash >>> 15), 0x811c9dc5) | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, chance: (share) => next() < share, pick: (list) => list[below(list.length)] };
}
