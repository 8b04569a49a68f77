/** Copies a raw file: without copying anything where the filesystem can share blocks, else only what is no hole. */
export function copyDiskCommand(from: string, to: string): readonly string[] {
  return ["cp", "--reflink=auto", "--sparse=auto", "--", from, to];
}
