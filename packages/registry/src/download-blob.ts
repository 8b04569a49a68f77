import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { err, ok, type Result } from "@dibkit/model";
import { type Descriptor, shortDigest } from "./descriptor.js";
import type { Answer } from "./http-message.js";
import { networkTrouble } from "./network-trouble.js";
import { type RegistryFailure, wrongContent } from "./registry-failure.js";
import { withRetries } from "./registry-session.js";
import { missingBlob } from "./unexpected-answer.js";

type AskBlob = (digest: string, headers?: Readonly<Record<string, string>>) => Promise<Result<Answer, RegistryFailure>>;

/** Streams a blob into a new file. Whatever happens, the file is right or the result is a failure. */
export async function downloadBlob(
  ask: AskBlob,
  descriptor: Descriptor,
  file: string,
  signal: AbortSignal,
): Promise<Result<void, RegistryFailure>> {
  const { digest, size } = descriptor;
  const hash = createHash("sha256");
  const target = await open(file, "wx", 0o600);
  let done = 0;
  try {
    const whole = await withRetries(signal, async () => {
      const answered = await ask(digest, done === 0 ? {} : { range: `bytes=${done}-` });
      if (!answered.ok) return answered;
      const { status, headers } = answered.value;
      if (status !== 200 && status !== 206) return missingBlob(answered.value, digest);
      // A registry without ranges begins again, and what is there already has to be passed over.
      const skip = status === 200 ? done : 0;
      if (status === 206 && !String(headers["content-range"]).startsWith(`bytes ${done}-`)) {
        answered.value.body.destroy();
        return err(wrongContent("sent another part of a blob than it was asked for"));
      }
      return receive(answered.value, skip);
    });
    if (!whole.ok) return whole;
  } finally {
    await target.close();
  }
  if (`sha256:${hash.digest("hex")}` !== digest)
    return err(wrongContent(`sent a blob that is not ${shortDigest(digest)}`));
  return ok(undefined);

  async function receive({ body }: Answer, skip: number): Promise<Result<void, RegistryFailure>> {
    let toSkip = skip;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const passed = Math.min(toSkip, chunk.length);
        toSkip -= passed;
        const fresh = chunk.subarray(passed);
        if (done + fresh.length > size) return err(wrongContent(`sent more than the ${size} bytes of a blob`));
        hash.update(fresh);
        await writeAll(target, fresh);
        done += fresh.length;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === "write") throw error;
      return err({ kind: "unavailable", message: `failed: ${networkTrouble(error, true).reason}`, again: {} });
    } finally {
      body.destroy();
    }
    if (done === size) return ok(undefined);
    return err(wrongContent(`sent ${done} of the ${size} bytes of a blob`));
  }
}

async function writeAll(target: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await target.write(bytes, at)).bytesWritten;
}
