import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file of the fake root after a script has run. */
export type RootFile =
  | { readonly kind: "file"; readonly text: string; readonly executable: boolean }
  | { readonly kind: "symlink"; readonly target: string };

/** Content of files by path, `{ link: target }` for a symbolic link, `null` for a directory. */
export type RootSpec = { readonly [path: string]: string | { readonly link: string } | null };

/** What every root has. Accounts are those of a system right after its base is installed. */
const SKELETON: RootSpec = {
  "dev/pts": null,
  "etc/group": "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n",
  "etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n",
  "etc/shadow": "root:*:1::::::\n",
  "etc/alternatives": null,
  home: null,
  opt: null,
  proc: null,
  root: null,
  "run/dibkit/bin": null,
  srv: null,
  sys: null,
  "tmp/in_target.d": null,
  usr: null,
  "var/lib": null,
  "var/log": null,
};

/** Writes a root directory: the skeleton, and the given files over it. */
export function writeRoot(directory: string, files: RootSpec): void {
  for (const [path, content] of Object.entries({ ...SKELETON, ...files })) {
    const target = join(directory, path.replace(/^\/+/, ""));
    mkdirSync(content === null ? target : dirname(target), { recursive: true });
    if (typeof content === "string") writeFileSync(target, content);
    else if (content !== null) symlinkSync(content.link, target);
  }
}

/** Every file below a directory, by its path there; what dibkit itself put is left out. */
export function readRoot(directory: string): ReadonlyMap<string, RootFile> {
  const files = new Map<string, RootFile>();
  const visit = (prefix: string) => {
    for (const entry of readdirSync(join(directory, prefix), { withFileTypes: true })) {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (path === "run/dibkit" || path === "tmp/in_target.d") continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isSymbolicLink())
        files.set(path, { kind: "symlink", target: readlinkSync(join(directory, path)) });
      else if (entry.isFile()) {
        const executable = (lstatSync(join(directory, path)).mode & 0o111) !== 0;
        files.set(path, { kind: "file", text: readFileSync(join(directory, path), "utf8"), executable });
      }
    }
  };
  visit("");
  return files;
}

/** Whether two files are the same to a test. */
export function sameFile(a: RootFile | undefined, b: RootFile | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
