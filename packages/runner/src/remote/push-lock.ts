import { fileHash } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { contentStore } from "../host/network/content-store.js";
import { contentDescriptor, type LockArtifact, pushLockArtifact } from "./lock-artifact.js";
import { eachOf, type LookContext, type OpenRemote, withRemote } from "./open-remote.js";

/** What an upload of a lock came to. */
export interface PushedLock {
  readonly repository: string;
  /** What the registry did not have. */
  readonly files: number;
  readonly bytes: number;
}

/**
 * Uploads a lock and the bytes that it names, which are in a directory of contents.
 *
 * @param word `REGISTRY/REPOSITORY[,…]`, as `--cache-to` has it
 * @returns the error is a sentence
 */
export function pushLock(
  word: string,
  lock: LockArtifact,
  directory: string,
  context: LookContext,
): Promise<Result<PushedLock, string>> {
  const store = contentStore(directory);
  const push = async ({ client, repository, told }: OpenRemote) => {
    let [files, bytes] = [0, 0];
    const sent = await eachOf(lock.contents, async (content) => {
      const { digest } = contentDescriptor(content);
      const there = await client.hasBlob(digest);
      if (!there.ok) return err(told(there.error));
      if (there.value) return ok(undefined);
      const file = store.find(content.sha256);
      if (file === undefined) return err(`the bytes of ${content.sha256} are gone from "${directory}"`);
      if ((await fileHash(file)) !== content.sha256)
        return err(`"${file}" is damaged: it has other bytes than its name says`);
      const pushed = await client.pushBlob({ digest, size: content.size }, { file, size: content.size });
      if (!pushed.ok) return err(told(pushed.error));
      files += 1;
      bytes += content.size;
      return ok(undefined);
    });
    if (!sent.ok) return sent;
    const tagged = await pushLockArtifact(client, lock);
    return tagged.ok ? ok({ repository, files, bytes }) : err(told(tagged.error));
  };
  return withRemote(word, context, push, ["mode"]);
}
