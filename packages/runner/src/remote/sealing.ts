import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const MARK_BYTES = 16;

/**
 * Lets layers that could hold a secret be shared by those who have the project's key: AES-256-GCM, with a new nonce for
 * each text, and bound to the tag and the part that it is of, so that nothing can be put in the place of something else.
 */
export interface Sealing {
  /** What digests of secret values are made with, so that the keys of steps are the same on all machines. */
  readonly valueKey: Buffer;
  /** The tag of a layer key: whoever guesses a secret cannot find out by the tags whether the guess is right. */
  tagOf(key: string): string;
  seal(text: Buffer, tag: string, part: string): Buffer;
  /** Undefined when it was sealed with another key, or for something else, or is damaged. */
  open(sealed: Buffer, tag: string, part: string): Buffer | undefined;
  /** Writes `to`, and gives its digest and size. */
  sealFile(
    from: string,
    to: string,
    tag: string,
    part: string,
  ): Promise<{ readonly digest: string; readonly size: number }>;
  /** False, and nothing at `to`, when `open` would be undefined. */
  openFile(from: string, to: string, tag: string, part: string): Promise<boolean>;
}

/** What is done with a project's key, the bytes of its file. */
export function sealingOf(projectKey: Buffer): Sealing {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", projectKey, "", `dibkit ${purpose}`, 32));
  const [valueKey, tagKey, cipherKey] = ["values", "tags", "layers"].map(derived) as [Buffer, Buffer, Buffer];
  const named = (tag: string, part: string) => Buffer.from(`${tag} ${part}`);
  const cipherOf = (nonce: Buffer, tag: string, part: string) =>
    createCipheriv(CIPHER, cipherKey, nonce).setAAD(named(tag, part));
  const decipherOf = (nonce: Buffer, mark: Buffer, tag: string, part: string) =>
    createDecipheriv(CIPHER, cipherKey, nonce, { authTagLength: MARK_BYTES }).setAAD(named(tag, part)).setAuthTag(mark);
  return {
    valueKey,
    tagOf: (key) => createHmac("sha256", tagKey).update(key).digest("hex").slice(0, 40),
    seal(text, tag, part) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = cipherOf(nonce, tag, part);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, tag, part) {
      if (sealed.length < NONCE_BYTES + MARK_BYTES) return undefined;
      const end = sealed.length - MARK_BYTES;
      const decipher = decipherOf(sealed.subarray(0, NONCE_BYTES), sealed.subarray(end), tag, part);
      try {
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
    async sealFile(from, to, tag, part) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = cipherOf(nonce, tag, part);
      const hash = createHash("sha256");
      await pipeline(
        createReadStream(from),
        cipher,
        async function* (chunks: AsyncIterable<Buffer>) {
          hash.update(nonce);
          yield nonce;
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
          const mark = cipher.getAuthTag();
          hash.update(mark);
          yield mark;
        },
        createWriteStream(to, { mode: 0o600 }),
      );
      return { digest: `sha256:${hash.digest("hex")}`, size: (await stat(to)).size };
    },
    async openFile(from, to, tag, part) {
      const end = (await stat(from)).size - MARK_BYTES;
      if (end < NONCE_BYTES) return false;
      const [nonce, mark] = await readEnds(from, end);
      try {
        // It is there before anything can fail: a stream that opens it itself may do so after it was removed.
        const target = await open(to, "w", 0o600);
        await pipeline(
          end === NONCE_BYTES ? Readable.from([]) : createReadStream(from, { start: NONCE_BYTES, end: end - 1 }),
          decipherOf(nonce, mark, tag, part),
          target.createWriteStream(),
        );
        return true;
      } catch (error) {
        await rm(to, { force: true });
        // A full disk is told as such.
        if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
        return false;
      }
    },
  };
}

async function readEnds(file: string, end: number): Promise<readonly [nonce: Buffer, mark: Buffer]> {
  const [nonce, mark] = [Buffer.alloc(NONCE_BYTES), Buffer.alloc(MARK_BYTES)];
  const handle = await open(file);
  try {
    await handle.read(nonce, 0, NONCE_BYTES, 0);
    await handle.read(mark, 0, MARK_BYTES, end);
  } finally {
    await handle.close();
  }
  return [nonce, mark];
}
