const RESERVED = new Set(
  (
    "break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if import in instanceof new null return super switch this throw true try typeof var void while with " +
    "yield let static await async of type"
  ).split(" "),
);

/** Name of the constant that holds an element: `debian-minimal` becomes `debianMinimal`. */
export function identifierOf(element: string, taken: ReadonlySet<string>): string {
  const words = element.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const camel = words
    .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join("");
  const start = camel === "" || /^[0-9]/.test(camel) ? `element${camel}` : camel;
  let name = RESERVED.has(start) || taken.has(start) ? `${start}Element` : start;
  for (let count = 2; taken.has(name); count += 1) name = `${start}Element${count}`;
  return name;
}
