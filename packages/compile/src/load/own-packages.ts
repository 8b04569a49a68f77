// Under a test runner this module is TypeScript itself; then the packages' sources serve, and nothing need be built.
export const fromSource = import.meta.url.endsWith(".ts");

/** Packages an author's module may import without having installed them, and where the running copy is. */
export function ownPackages(): Readonly<Record<string, string>> {
  const own = ["@dibkit/model", "@dibkit/model/testing", "@dibkit/lint", "@dibkit/lint/testing"];
  return Object.fromEntries(
    own.flatMap((name) => {
      const url = urlOf(name);
      return url === undefined ? [] : [[name, url]];
    }),
  );
}

/** The compiler stands without the linter, which is there when the command is. */
function urlOf(name: string): string | undefined {
  if (fromSource) return sourceOf(name);
  try {
    return import.meta.resolve(name);
  } catch {
    return undefined;
  }
}

function sourceOf(name: string): string {
  const [, part, ...rest] = name.split("/");
  return new URL(["../../..", part, "src", ...rest, "index.ts"].join("/"), import.meta.url).href;
}
