// Under a test runner this module is TypeScript itself; then the packages' sources serve, and nothing need be built.
export const fromSource = import.meta.url.endsWith(".ts");

/** Packages an author's module may import without having installed them, and where the running copy is. */
export function ownPackages(): Readonly<Record<string, string>> {
  const own = ["@dibkit/model", "@dibkit/model/testing"];
  return Object.fromEntries(own.map((name) => [name, fromSource ? sourceOf(name) : import.meta.resolve(name)]));
}

function sourceOf(name: string): string {
  const [, part, ...rest] = name.split("/");
  return new URL(["../../..", part, "src", ...rest, "index.ts"].join("/"), import.meta.url).href;
}
