import { resolve } from "node:path";
import type { AcceleratorWish } from "@dibkit/boot";
import type { DomainNetwork, GlanceRequest, LibvirtRequest } from "@dibkit/publish";
import type { Terminal } from "../terminal.js";
import type { PublishOptions } from "./publish-options.js";

type Given<T> = { -readonly [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys that were not given. */
function given<T extends object>(values: T): Partial<Given<T>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Given<T>>;
}

/** What `dibkit publish glance` asks for; defaults stay with the publisher. */
export function glanceRequest(
  image: string,
  options: PublishOptions,
  properties: Readonly<Record<string, string>>,
): GlanceRequest {
  const { name, diskFormat, containerFormat, visibility, minDisk, minRam } = options;
  const { cloud, region, imageEndpoint, insecure, attempts, patience } = options;
  return {
    image,
    ifExists: options.ifExists,
    protected: options.protected,
    ...given({ attempts, patienceSeconds: patience }),
    settings: {
      ...given({ name, diskFormat, containerFormat, visibility, minDisk, minRam }),
      properties,
      tags: options.tag,
    },
    cloud: {
      ...given({ cloud, region, imageEndpoint, interface: options.interface, caFile: options.cacert }),
      insecure,
    },
  };
}

/** What `dibkit publish libvirt` asks for; `wish` is the accelerator, unless `--virtualization` says it. */
export function libvirtRequest(
  image: string,
  options: PublishOptions,
  terminal: Terminal,
  wish: AcceleratorWish,
): LibvirtRequest {
  const architecture = options.architecture ?? "x86_64";
  const path = (word: string | undefined) => (word === undefined ? undefined : resolve(terminal.cwd, word));
  const directory = path(options.directory);
  return {
    image,
    ...given({ name: options.name, uri: options.connect, serialLog: path(options.serialLog) }),
    storage: directory ? { directory } : { pool: options.pool ?? "default" },
    network: networkOf(options.network ?? "default"),
    virtualization: options.virtualization ?? (wish === "tcg" ? "qemu" : wish),
    architecture,
    firmware: options.firmware ?? (architecture === "aarch64" ? "efi" : "bios"),
    memoryMiB: options.memory ?? 2048,
    cpus: options.cpus ?? 2,
    start: options.start,
    ifExists: options.ifExists,
  };
}

function networkOf(word: string): DomainNetwork {
  return word === "user" || word === "none" ? { kind: word } : { kind: "network", name: word };
}
