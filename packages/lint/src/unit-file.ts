import type { Location } from "@dibkit/model";
import type { ElementContext } from "./element-context.js";

/** One `key=value` of a systemd unit. */
export interface UnitEntry {
  readonly key: string;
  readonly value: string;
  readonly location: Location;
}

export interface UnitSection {
  readonly name: string;
  readonly entries: readonly UnitEntry[];
  readonly location: Location;
}

/** A systemd unit that an element brings: a file, or a here-document that a script writes. */
export interface UnitFile {
  /** File name, such as `web.service`. */
  readonly name: string;
  /** Path in the element of the file, or of the script that writes it. */
  readonly path: string;
  readonly sections: readonly UnitSection[];
  /** It adds to another unit: `web.service.d/local.conf`. */
  readonly dropIn: boolean;
  /** Undefined when a script writes it. */
  readonly target: string | undefined;
  readonly location: Location;
}

const UNIT_NAME = /\.(service|socket|timer|mount|automount|path|target|slice|swap)$/;
const DROP_IN = /\.(service|socket|timer|mount|automount|path|target|slice|swap)\.d\/[^/]+\.conf$/;

const unitsByContext = new WeakMap<ElementContext, readonly UnitFile[]>();

/** Every systemd unit of an element. */
export function unitsOf(context: ElementContext): readonly UnitFile[] {
  const known = unitsByContext.get(context);
  if (known) return known;
  const units: UnitFile[] = [];
  for (const file of context.textFiles) {
    const dropIn = DROP_IN.test(file.path);
    if (!dropIn && !UNIT_NAME.test(file.name)) continue;
    const { text } = file.source;
    const at = (start: number, end: number) => file.at({ start, end });
    const sections = sectionsOf(text, 0, text.length, at);
    // D-Bus has .service files of its own, and templates of other programs are no units yet.
    if (sections.some(({ name }) => name === "D-BUS Service") || /\{\{|\{%/.test(text)) continue;
    units.push({
      name: file.name,
      path: file.path,
      sections,
      dropIn,
      target: file.path.startsWith("static/") ? file.path.slice("static".length) : undefined,
      location: at(0, 0),
    });
  }
  for (const file of [...context.hookScripts]) {
    for (const heredoc of file.shell.heredocs) {
      const name = writtenUnit(file.source.text, heredoc.opening.start);
      if (name === undefined || !heredoc.ended) continue;
      const at = (start: number, end: number) => file.at({ start, end });
      const sections = sectionsOf(file.source.text, heredoc.start, heredoc.end, at);
      const location = at(heredoc.opening.start, heredoc.opening.end);
      const dropIn = name.includes(".d/");
      units.push({ name, path: file.path, sections, dropIn, target: undefined, location });
    }
  }
  unitsByContext.set(context, units);
  return units;
}

/** `web.service` in `cat > /etc/systemd/system/web.service <<EOF` or `cat <<EOF | tee …/web.service`. */
function writtenUnit(text: string, at: number): string | undefined {
  const start = text.lastIndexOf("\n", at) + 1;
  const newline = text.indexOf("\n", at);
  const line = text.slice(start, newline === -1 ? text.length : newline);
  if (line.includes(">>") || /tee\s+-a/.test(line)) return undefined;
  return /systemd\/(?:system|user)\/["']?([\w@.:-]+\.(?:service|socket|timer|mount|path|target)(?:\.d\/[\w.-]+\.conf)?)["'\s]/.exec(
    `${line} `,
  )?.[1];
}

function sectionsOf(
  text: string,
  from: number,
  to: number,
  at: (start: number, end: number) => Location,
): readonly UnitSection[] {
  const sections: (UnitSection & { readonly entries: UnitEntry[] })[] = [];
  let continued = false;
  for (let start = from; start < to; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 || newline > to ? to : newline;
    const line = text.slice(start, end).replace(/\r$/, "");
    const comment = /^\s*[#;]/.test(line);
    const header = /^\s*\[([^\]]*)\]\s*$/.exec(line);
    const entry = /^\s*([^=\s[][^=]*?)\s*=\s*(.*)$/.exec(line);
    if (!continued && !comment && header) {
      sections.push({ name: header[1] as string, entries: [], location: at(start, start + line.length) });
    } else if (!continued && !comment && entry) {
      const location = at(start, start + line.length);
      sections.at(-1)?.entries.push({ key: entry[1] as string, value: (entry[2] as string).trim(), location });
    }
    // A comment between continued lines is left out, and the line goes on after it.
    if (!comment) continued = line.endsWith("\\");
    start = end + 1;
  }
  return sections;
}
