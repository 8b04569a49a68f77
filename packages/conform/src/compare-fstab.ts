import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";

/** Differences of two fstab files, line by line by mount point; spaces do not count, and UUIDs are random. */
export function compareFstab(upstream: string, dibkit: string): readonly Difference[] {
  return compareValues("fstab", linesOf(upstream), linesOf(dibkit), (_, one, other) => {
    const neutral = (line: string | null) => line?.replace(/UUID=\S+/, "UUID=…");
    return neutral(one) === neutral(other) ? "UUIDs are random; dibkit derives them from the image's name" : undefined;
  });
}

/** By mount point, and swaps by their number. */
export function linesOf(text: string): ReadonlyMap<string, string> {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter((fields) => fields.length > 1);
  return new Map(
    lines.map((fields, index) => [fields[1] === "none" ? `none ${index}` : (fields[1] ?? ""), fields.join(" ")]),
  );
}
