import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { limitedModule, readKvmHost } from "../src/accelerator/kvm-host.js";

const scratch = mkdtempSync(join(tmpdir(), "dibkit-kvm-host-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const PVM = 'the kernel module "kvm_pvm" runs only guests whose kernel was built for it';
const loaded = (...names: string[]) => names.map((name) => `${name} 4096 0 - Live 0x0000000000000000\n`).join("");

it.each<[string, Readonly<Record<string, string>>, object, string | undefined]>([
  ["nothing", {}, { device: "missing", modules: [], bootId: undefined }, undefined],
  [
    "an ordinary host",
    {
      "dev/kvm": "",
      "proc/modules": loaded("kvm_intel", "kvm", "irqbypass", "kvmgt"),
      "proc/sys/kernel/random/boot_id": "2f0c\n",
    },
    { device: "usable", modules: ["kvm", "kvm_intel"], bootId: "2f0c" },
    undefined,
  ],
  [
    "a module that is limited",
    { "dev/kvm": "", "proc/modules": loaded("kvm_pvm", "kvm") },
    { device: "usable", modules: ["kvm", "kvm_pvm"] },
    PVM,
  ],
  [
    "the same as a part of the kernel",
    { "sys/module/kvm/parameters/x": "", "sys/module/kvm_pvm/parameters/x": "", "sys/module/ext4/x": "" },
    { device: "missing", modules: ["kvm", "kvm_pvm"] },
    PVM,
  ],
])("%s", (name, files, host, limited) => {
  const root = join(scratch, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect(readKvmHost(root)).toMatchObject(host);
  expect(limitedModule(readKvmHost(root))).toBe(limited);
});
