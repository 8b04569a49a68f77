import { type Element, textOf, viewsOf } from "@dibkit/model";

const namesByElement = new WeakMap<Element, ReadonlySet<string>>();

/** Every word of an element's README.rst that may be a variable: what it speaks of, its users know and may set. */
export function documentedVariables(element: Element): ReadonlySet<string> {
  const known = namesByElement.get(element);
  if (known) return known;
  const file = viewsOf(element).readme.value?.file;
  const words = file === undefined ? [] : textOf(element, file).text.matchAll(/\b[A-Z][A-Z0-9_]*\b/g);
  const names = new Set([...words].map(([word]) => word));
  namesByElement.set(element, names);
  return names;
}
