import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The files of a package that is being made; paths are those of the installed system. */
export class PackageTree {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {string} path */
  has(path) {
    return existsSync(join(this.root, path));
  }

  /** @param {string} path */
  read(path) {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** @param {string} path @param {string} text @param {number} [mode] */
  write(path, text, mode = 0o644) {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }

  /** @param {string} path @param {(text: string) => string} change */
  edit(path, change) {
    const file = join(this.root, path);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  /** @param {string} path @param {string} target */
  link(path, target) {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    symlinkSync(target, file);
  }

  /** @param {string} path @param {number} [mode] */
  directory(path, mode = 0o755) {
    const directory = join(this.root, path);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, mode);
  }

  /** @param {string} path */
  remove(path) {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** Names in a directory, sorted; none where it is missing. @param {string} path */
  names(path) {
    const directory = join(this.root, path);
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }

  /** Every directory, file and link, parents first. @returns {readonly { path: string, isDirectory: boolean }[]} */
  entries(path = "/") {
    const directory = join(this.root, path);
    return this.names(path).flatMap((name) => {
      const isDirectory = lstatSync(join(directory, name)).isDirectory();
      const entry = { path: join(path, name), isDirectory };
      return isDirectory ? [entry, ...this.entries(entry.path)] : [entry];
    });
  }

  /** Moves what lies in `/bin`, `/sbin` and `/lib*` below `/usr`, as in distributions where they are links. */
  mergeUsr() {
    for (const name of ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]) {
      if (!this.has(`/${name}`) || lstatSync(join(this.root, name)).isSymbolicLink()) continue;
      this.#move(`/${name}`, `/usr/${name}`);
      this.remove(`/${name}`);
    }
  }

  /** @param {string} from @param {string} to */
  #move(from, to) {
    const [source, destination] = [join(this.root, from), join(this.root, to)];
    const stats = lstatSync(source);
    if (stats.isDirectory()) {
      if (!existsSync(destination)) this.directory(to, stats.mode & 0o7777);
      for (const name of readdirSync(source)) this.#move(join(from, name), join(to, name));
      return;
    }
    mkdirSync(dirname(destination), { recursive: true });
    const target = stats.isSymbolicLink() ? readlinkSync(source) : "";
    // It would lead somewhere else from one directory further down.
    if (/(^|\/)\.\.(\/|$)/.test(target)) this.link(to, normalize(join(dirname(from), target)));
    else renameSync(source, destination);
  }
}
