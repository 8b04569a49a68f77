const LONGEST_KEPT_LINE = 2000;

/** How many lines of a command are kept, for messages about its failure. */
export const KEPT_TAIL_LINES = 20;

/** The last `count` lines of a stream of lines; longer lines are cut. */
export function createOutputTail(count: number) {
  const kept: string[] = [];
  return {
    add(line: string) {
      kept.push(line.length > LONGEST_KEPT_LINE ? `${line.slice(0, LONGEST_KEPT_LINE)}…` : line);
      if (kept.length > count) kept.shift();
    },
    lines: (): readonly string[] => [...kept],
  };
}
