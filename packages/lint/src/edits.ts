import type { FileEdit, Fix, Location, RegularFile } from "@dibkit/model";

/** A repair that replaces the text at a place. */
export function replacement(title: string, safe: boolean, location: Location, text: string): Fix {
  return { title, safe, edits: [replaced(location, text)] };
}

export function replaced(location: Location, text: string): FileEdit {
  return { kind: "replace", path: location.source.path, start: location.start, end: location.end, text };
}

/** A repair that removes whole lines, their newline included. */
export function lineRemoval(title: string, safe: boolean, location: Location): Fix {
  const { text } = location.source;
  const start = text.lastIndexOf("\n", location.start - 1) + 1;
  const newline = text.indexOf("\n", location.end);
  const end = newline === -1 ? text.length : newline + 1;
  return replacement(title, safe, { source: location.source, start, end }, "");
}

/**
 * A repair of the mode bits; only a file on disk has any. To take the bit from a file that is never run changes no
 * build; to give it makes a file run that did not.
 */
export function modeChange(title: string, file: RegularFile, executable: boolean): { readonly fix?: Fix } {
  if (file.origin.kind !== "disk") return {};
  return { fix: { title, safe: !executable, edits: [{ kind: "chmod", path: file.origin.path, executable }] } };
}

/** A repair that gives a file another name in the same directory. */
export function nameChange(title: string, file: RegularFile, name: string): { readonly fix?: Fix } {
  if (file.origin.kind !== "disk") return {};
  const { path } = file.origin;
  const to = `${path.slice(0, path.lastIndexOf("/") + 1)}${name}`;
  return { fix: { title, safe: false, edits: [{ kind: "rename", path, to }] } };
}
