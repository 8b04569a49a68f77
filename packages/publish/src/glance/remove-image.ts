import { setTimeout as pause } from "node:timers/promises";
import type { PublishFailure } from "../publish-failure.js";
import { renderPublishFailure } from "../publish-failure.js";
import type { GlanceImages } from "./glance-images.js";

/** A half image could not be deleted: its id and why. */
export class ImageLeftBehind extends Error {
  readonly id: string;

  constructor(id: string, failure: PublishFailure) {
    super(renderPublishFailure(failure).message);
    this.id = id;
  }
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * Deletes a half image, waiting up to `patienceSeconds` for a service that is away to come back. Throws
 * `ImageLeftBehind`, as an undo does.
 */
export async function removeImage(images: GlanceImages, id: string, patienceSeconds: number): Promise<void> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    const left = Math.max(1, Math.ceil((deadline - Date.now()) / 1000));
    const removed = await images.remove(id, left);
    if (removed.ok) return;
    if (!mayPass(removed.error) || Date.now() + wait > deadline) throw new ImageLeftBehind(id, removed.error);
    await pause(wait);
  }
}

/** Whether trying again can help. */
export function mayPass(failure: PublishFailure): boolean {
  switch (failure.kind) {
    case "unreachable":
    case "timeout":
    case "connection-lost":
      return true;
    case "rejected":
      // 409: Glance has not noticed yet that the upload broke off.
      return failure.status >= 500 || failure.status === 409;
    default:
      return false;
  }
}
