import type { ImageContents } from "./image-contents.js";

const UNIT =
  /^\/(?:usr\/)?(?:lib|etc)\/systemd\/system\/([^/]+\.(?:service|socket|timer|mount|automount|path|target|swap))$/;
const WANTED =
  /^\/etc\/systemd\/system\/([^/]+\.(?:wants|requires))\/([^/]+\.(?:service|socket|timer|mount|automount|path|target|swap))$/;

/**
 * systemd units by name, and what the image says of them: `present`, `masked`, `alias of NAME`, or
 * `wanted by NAME, …` when they are enabled.
 */
export function systemdUnits(image: ImageContents): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  const wanted = new Map<string, string[]>();
  for (const [path, { type, target = "" }] of image.files) {
    const want = WANTED.exec(path);
    if (want?.[1] !== undefined && want[2] !== undefined) {
      wanted.set(want[2], [...(wanted.get(want[2]) ?? []), want[1].replace(/\.(wants|requires)$/, "")]);
    }
    const name = UNIT.exec(path)?.[1];
    if (name === undefined || (type !== "file" && type !== "symlink")) continue;
    // A unit in /etc goes before one of the same name elsewhere.
    if (states.has(name) && !path.startsWith("/etc/")) continue;
    const last = target.split("/").at(-1) ?? "";
    states.set(name, type === "file" ? "present" : target === "/dev/null" ? "masked" : aliasOr(name, last));
  }
  for (const [name, by] of wanted) states.set(name, `wanted by ${by.sort().join(", ")}`);
  return states;
}

function aliasOr(name: string, last: string): string {
  return last === name ? "present" : `alias of ${last}`;
}
