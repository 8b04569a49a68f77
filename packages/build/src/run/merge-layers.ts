import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { shellCommand } from "../host/shell-quote.js";
import type { ImageState, LayerMeta } from "../layers/layer.js";
import { hashText } from "../layers/layer-key.js";
import { layerName } from "../layers/layer-store.js";
import type { BuildSession } from "./build-session.js";
import { overlaysOf } from "./run-command-step.js";
import { renderOverlay } from "./step-script.js";

/**
 * The options of one mount call must fit into a page of 4096 bytes, which is about 200 layers with the short names of
 * the store; an element set with more scripts that change the image gets its older layers copied into one.
 */
export const MOST_LAYERS = 150;

/** The same state with at most `limit` root layers. */
export async function mergeLayers(
  session: BuildSession,
  state: ImageState,
  limit: number = MOST_LAYERS,
): Promise<ImageState> {
  if (state.root.length <= limit) return state;
  const key = hashText(JSON.stringify(["merged", state.root]));
  const merged = { ...state, root: [layerName(key)] };
  if ((await session.store.find(key)) !== undefined) return merged;
  const staging = join(session.directory, "staging", `merge-${layerName(key)}`);
  const view = join(session.directory, "staging", `merge-${layerName(key)}-view`);
  for (const name of ["root", "hooks", "work-root", "work-hooks"]) await mkdir(join(view, name), { recursive: true });
  await mkdir(join(view, "mnt"));
  await mkdir(join(staging, "root"), { recursive: true });
  const [root] = overlaysOf(session, state, view);
  if (root === undefined) throw new Error("a state has a root tree");
  const copy = shellCommand("cp", "-a", "--", `${join(view, "mnt")}/.`, join(staging, "root"));
  const script = `set -e; ${renderOverlay({ ...root, at: join(view, "mnt") })}; ${copy}; ${shellCommand("umount", join(view, "mnt"))}`;
  const done = await session.commands.run(["bash", "-c", script]);
  if (!done.ok) return state;
  const meta: LayerMeta = {
    version: 1,
    key,
    label: { phase: "dibkit", script: "merge-layers" },
    created: new Date().toISOString(),
    seconds: 0,
    content: key,
    bytes: 0,
    changed: { root: true, hooks: false, host: false },
    mounts: state.mounts,
    replacedHooks: {},
    ingredients: {},
  };
  await session.store.commit(staging, meta);
  await rm(view, { recursive: true, force: true });
  return merged;
}
