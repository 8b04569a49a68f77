import type { Image } from "./image.js";

/** A package as the image's package manager knows it. */
export interface KnownPackage {
  /** `NAME:ARCH`, or the name alone. */
  readonly id: string;
  readonly version: string;
  /** As the package manager writes it, where something went wrong: `install ok unpacked`. */
  readonly trouble?: string;
}

/** The packages that are installed, whole or not; of one that was removed the configuration may be left, which is none. */
export async function knownPackages(image: Image): Promise<readonly KnownPackage[]> {
  return [...(await image.packages())].flatMap(([id, text]) => {
    // Where the state is another than installed it stands beside the version.
    const [, version = text, state] = /^(.*) \((\w+ \w+ [\w-]+)\)$/.exec(text) ?? [];
    if (state === undefined || state === "hold ok installed") return { id, version };
    return / (config-files|not-installed)$/.test(state) ? [] : { id, version, trouble: state };
  });
}

/** Whether a package is meant by a name with or without its architecture. */
export function isNamed({ id }: KnownPackage, name: string): boolean {
  return id === name || id.startsWith(`${name}:`);
}
