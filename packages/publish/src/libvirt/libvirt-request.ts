import type { IfExists, PublishContext } from "../publish-context.js";
import type { DomainDefinition } from "./domain-xml.js";
import type { Storage } from "./storage-directory.js";

export interface LibvirtRequest extends Pick<DomainDefinition, "architecture" | "firmware" | "memoryMiB" | "cpus"> {
  /** Absolute path. */
  readonly image: string;
  /** Default: the file name without its extension. */
  readonly name?: string;
  /** Default: `LIBVIRT_DEFAULT_URI`, else `qemu:///system`. */
  readonly uri?: string;
  readonly storage: Storage;
  readonly network: DomainDefinition["network"];
  readonly virtualization: "auto" | "kvm" | "qemu";
  /** Absolute path. */
  readonly serialLog?: string;
  readonly start: boolean;
  readonly ifExists: IfExists;
}

/** What making a domain needs of the process it runs in. */
export interface LibvirtContext extends PublishContext {
  /** Why this emulator (an absolute path) does not run guests with KVM; undefined when it does. */
  readonly kvmTrouble: (emulator: string, architecture: LibvirtRequest["architecture"]) => Promise<string | undefined>;
}
