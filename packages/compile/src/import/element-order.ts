/**
 * Which dependencies a module may import from the module of that element: importing along a cycle would read a
 * constant before it is defined, so inside a cycle elements are referred to by name.
 */
export function importableDeps(deps: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const component = components(deps);
  return new Map(
    [...deps].map(([name, names]) => [
      name,
      new Set(names.filter((dep) => deps.has(dep) && component.get(dep) !== component.get(name))),
    ]),
  );
}

/** Number of the strongly connected component of each element (Tarjan). */
function components(deps: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const stack: string[] = [];
  const visit = (name: string): number => {
    const own = index.size;
    index.set(name, own);
    let lowest = own;
    stack.push(name);
    for (const dep of deps.get(name) ?? []) {
      if (!deps.has(dep)) continue;
      if (!index.has(dep)) lowest = Math.min(lowest, visit(dep));
      else if (!component.has(dep)) lowest = Math.min(lowest, index.get(dep) as number);
    }
    low.set(name, lowest);
    if (lowest === own) {
      const number = component.size;
      for (let member = stack.pop(); member !== undefined; member = member === name ? undefined : stack.pop())
        component.set(member, number);
    }
    return lowest;
  };
  for (const name of deps.keys()) if (!index.has(name)) visit(name);
  return component;
}

/** Elements in an order in which each comes after those it imports. */
export function importOrder(importable: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const order = new Set<string>();
  const visit = (name: string) => {
    if (order.has(name)) return;
    for (const dep of importable.get(name) ?? []) visit(dep);
    order.add(name);
  };
  for (const name of importable.keys()) visit(name);
  return [...order];
}
