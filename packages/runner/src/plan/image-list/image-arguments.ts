import { BUILD_FLAGS, type BuildFlag, type BuildFlagName, flagWords, type ImageEntry } from "@dibkit/model";

/** The words of `disk-image-create` that an image of a YAML list stands for, without the program's name. */
export function imageArguments(entry: ImageEntry): readonly string[] {
  const words = (Object.keys(BUILD_FLAGS) as BuildFlagName[]).flatMap((name) => {
    const { imageList, type }: BuildFlag = BUILD_FLAGS[name];
    const value = imageList === undefined ? undefined : (entry as Readonly<Record<string, unknown>>)[imageList];
    if (value === undefined) return [];
    const text = type === "string" ? textOf(value) : value;
    return text === "" ? [] : flagWords(name, text);
  });
  return [...words, ...(entry.elements ?? [])];
}

/** Lists and maps are written with commas, as upstream does. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name}=${one}`)
    .join(",");
}
