/** An ext filesystem that is to be made: how, and where. */
export interface ExtTarget {
  /** Of the filesystem. */
  readonly name: string;
  /** The command of mkfs without the device. */
  readonly command: readonly string[];
  /** The device, or a raw file and the size in it, as mkfs takes them. */
  readonly device: readonly string[];
  /** The same as other programs of e2fsprogs open it: `?offset=BYTES` may be behind the path of a raw file. */
  readonly opened: string;
}
