import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner, createUndoStack } from "@dibkit/exec";
import type { BuildContext } from "../../src/job/build-context.js";
import type { BuildEvent } from "../../src/job/build-event.js";

export interface TestContext extends BuildContext {
  readonly events: BuildEvent[];
  /** Everything undone and every file removed; gives what could not be undone. */
  readonly dispose: () => Promise<readonly unknown[]>;
}

/** A build context in a directory of its own, with real commands. */
export async function createTestContext(environment: Readonly<Record<string, string>> = {}): Promise<TestContext> {
  const root = await mkdtemp(join(tmpdir(), "dibkit-test-"));
  const directories = ["build", "mnt", "built", "images", "scratch"];
  for (const name of directories) await mkdir(join(root, name));
  const events: BuildEvent[] = [];
  const undo = createUndoStack();
  return {
    buildDirectory: join(root, "build"),
    targetPath: join(root, "mnt"),
    treePath: join(root, "built"),
    imageDirectory: join(root, "images"),
    scratchDirectory: join(root, "scratch"),
    architecture: "amd64",
    environment: { PATH: process.env.PATH ?? "", ...environment },
    commands: createCommandRunner(),
    undo,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    events,
    dispose: async () => {
      const failed = await undo.unwind();
      await rm(root, { recursive: true, force: true });
      return failed;
    },
  };
}
