import { readWithIncludes } from "./configuration-files.js";
import type { Image } from "./image.js";

/** A setting of the SSH server, and where it is written: a path with a line, or `default`. */
export interface SshdSetting {
  /** As it is written; several values of `port` and `listenaddress` have a space between them. */
  readonly value: string;
  /** A path with a line, or `default`. */
  readonly where: string;
}

/** Defaults of OpenSSH since version 7.0, of the settings that policies ask for. */
const DEFAULTS: Readonly<Record<string, string>> = {
  passwordauthentication: "yes",
  permitemptypasswords: "no",
  permitrootlogin: "prohibit-password",
};

/**
 * What `/etc/ssh/sshd_config` and the files it includes set for every connection, by lower-case keyword: the first value
 * counts, as sshd has it, and of `port` and `listenaddress` all of them. Settings of `Match` blocks hold for some
 * connections only and are left out. Undefined when the image has no SSH server.
 */
export async function sshdSettings(image: Image): Promise<ReadonlyMap<string, SshdSetting> | undefined> {
  if (image.file("/usr/sbin/sshd") === undefined) return undefined;
  const settings = new Map(Object.entries(DEFAULTS).map(([key, value]) => [key, { value, where: "default" }]));
  const written = new Set<string>();
  const lines = await readWithIncludes(image, "/etc/ssh/sshd_config", "/etc/ssh", (line) => {
    const [keyword, ...patterns] = words(line);
    return keyword?.toLowerCase() === "include" ? patterns : [];
  });
  // A block ends with its file, or with a block for all connections.
  const blocks = new Set<string>();
  for (const { text, path, files, line } of lines) {
    for (const block of blocks) if (!files.includes(block)) blocks.delete(block);
    const [keyword = "", ...rest] = words(text);
    const key = keyword.toLowerCase();
    const value = rest.join(" ");
    if (key === "match") blocks[value.toLowerCase() === "all" ? "delete" : "add"](path);
    if (key === "" || key === "match" || key === "include" || files.some((file) => blocks.has(file))) continue;
    const before = written.has(key) ? settings.get(key) : undefined;
    if (before === undefined) settings.set(key, { value, where: `${path}:${line}` });
    else if (key === "port" || key === "listenaddress")
      settings.set(key, { ...before, value: `${before.value} ${value}` });
    written.add(key);
  }
  return settings;
}

/** `Keyword value`, `Keyword=value` and quoted values are the same; a hash begins a comment. */
function words(line: string): readonly string[] {
  const text = line.trim().replace(/^(\w+)\s*=\s*/, "$1 ");
  const found = [...text.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const comment = found.findIndex((word) => word.startsWith("#"));
  return comment === -1 ? found : found.slice(0, comment);
}
