import { join, resolve as resolvePath } from "node:path";
import type { LayerStore, PastBuild } from "@dibkit/runner";
import type { OptionSpec } from "../command.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** The option of every command that works on layers. */
export const storeOptions = {
  cacheDir: { type: "string", value: "DIR", summary: "where layers are kept (default ~/.cache/dibkit)" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The layer store that `--cache-dir`, `DIBKIT_CACHE` or the home directory says, to look into. */
export async function openStore(terminal: Terminal, cacheDir: string | undefined): Promise<LayerStore> {
  const [{ layerStoreAt }, { homeDirectory }] = await Promise.all([
    import("@dibkit/runner"),
    import("@dibkit/model/resolution"),
  ]);
  const fallback = join(homeDirectory(terminal.env), ".cache/dibkit");
  return layerStoreAt(resolvePath(terminal.cwd, cacheDir ?? (terminal.env.DIBKIT_CACHE || fallback)));
}

/** The newest build of an image; undefined after saying on stderr that there is none. */
export async function pastBuild(
  terminal: Terminal,
  store: LayerStore,
  image: string | undefined,
): Promise<PastBuild | undefined> {
  const { newestBuild } = await import("@dibkit/runner");
  const build = await newestBuild(store, image === undefined ? undefined : resolvePath(terminal.cwd, image));
  if (build === undefined) {
    usageFailure(
      terminal,
      image === undefined ? "nothing was built yet" : `no build of "${image}" is remembered`,
      'build it with "dibkit build"; the last 20 builds are remembered',
    );
  }
  return build;
}
