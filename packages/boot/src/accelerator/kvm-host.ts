import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the host says about KVM, which a guest may then refute. */
export interface KvmHost {
  readonly device: "missing" | "denied" | "usable";
  /** Kernel modules whose names begin with `kvm`, sorted. */
  readonly modules: readonly string[];
  /** Another for each boot of the host; undefined where the kernel does not tell. */
  readonly bootId: string | undefined;
}

/** Modules that open `/dev/kvm` and do not run ordinary guests, and what each does instead. */
const LIMITED_MODULES: Readonly<Record<string, string>> = {
  kvm_pvm: "runs only guests whose kernel was built for it",
};

/** `root` is where `/dev`, `/proc` and `/sys` are. */
export function readKvmHost(root = "/"): KvmHost {
  const device = join(root, "dev/kvm");
  return {
    device: existsSync(device) ? (usable(device) ? "usable" : "denied") : "missing",
    modules: [...new Set([...builtInModules(root), ...loadedModules(root)])].sort(),
    bootId: textOf(join(root, "proc/sys/kernel/random/boot_id"))?.trim(),
  };
}

/** Why KVM of this host is known not to run ordinary guests; undefined when nothing is known against it. */
export function limitedModule({ modules }: KvmHost): string | undefined {
  const name = modules.find((module) => module in LIMITED_MODULES);
  return name === undefined ? undefined : `the kernel module "${name}" ${LIMITED_MODULES[name]}`;
}

function usable(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const isKvm = (module: string) => /^kvm(_|$)/.test(module);

/** Also those that are part of the kernel have a directory there. */
function builtInModules(root: string): readonly string[] {
  try {
    return readdirSync(join(root, "sys/module")).filter(isKvm);
  } catch {
    return [];
  }
}

function loadedModules(root: string): readonly string[] {
  const lines = textOf(join(root, "proc/modules"))?.split("\n") ?? [];
  return lines.map((line) => line.split(" ")[0] ?? "").filter(isKvm);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
