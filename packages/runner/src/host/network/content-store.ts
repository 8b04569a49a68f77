import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Bytes that are being kept; throws what the system says, such as that the disk is full. */
export interface KeptBytes {
  write(piece: Buffer): void;
  /** Keeps them under their digest, in hexadecimal digits. */
  commit(sha256: string): void;
  /** Forgets them; nothing happens when they were kept. */
  discard(): void;
}

/** A directory of bytes, each file named by the SHA-256 of what is in it. */
export interface ContentStore {
  begin(): KeptBytes;
  /**
   * Has a new file written, whose bytes have the digest when `write` gives true; of any other nothing is left. Gives what
   * `write` gives.
   */
  fill(sha256: string, write: (file: string) => Promise<boolean>): Promise<boolean>;
  /** Path of a file; its modification time, by which files are pruned, is now. Undefined when there is none. */
  find(sha256: string): string | undefined;
}

/** Others of the machine may read what they could fetch. */
const MODE = 0o644;

export function contentStore(directory: string): ContentStore {
  const path = (sha256: string) => join(directory, sha256);
  const newPath = () => {
    mkdirSync(directory, { recursive: true });
    return path(`${randomUUID()}.partial`);
  };
  return {
    begin() {
      const temporary = newPath();
      const file = openSync(temporary, "wx", MODE);
      let open = true;
      const close = () => {
        if (open) closeSync(file);
        open = false;
      };
      return {
        write(piece) {
          for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
        },
        commit(sha256) {
          if (!open) return;
          close();
          renameSync(temporary, path(sha256));
        },
        discard() {
          if (!open) return;
          close();
          rmSync(temporary, { force: true });
        },
      };
    },
    async fill(sha256, write) {
      const temporary = newPath();
      try {
        const isWhole = await write(temporary);
        if (isWhole) {
          chmodSync(temporary, MODE);
          renameSync(temporary, path(sha256));
        }
        return isWhole;
      } finally {
        rmSync(temporary, { force: true });
      }
    },
    find(sha256) {
      const now = new Date();
      try {
        utimesSync(path(sha256), now, now);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") return undefined;
        // Somebody else's store can be read, though not be written.
        if (code !== "EPERM" && code !== "EACCES" && code !== "EROFS") throw error;
      }
      return path(sha256);
    },
  };
}
