/** How a disk is made: on loop devices, or in files alone. */
export type DiskWay = "loop" | "files";

/** What `--disk` asks for. */
export type AskedDiskWay = DiskWay | "auto";

/** How the disk of a build is made, and why so, as the end of a sentence that begins with the way. */
export interface ChosenDiskWay {
  readonly way: DiskWay;
  readonly reason: string;
}
