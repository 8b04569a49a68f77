import type { FileHandle } from "node:fs/promises";

/** Bytes of a file from an offset on; fewer than asked for at its end. */
export async function readBytes(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
