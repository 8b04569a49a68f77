import { type ImageContents, textOf } from "./image-contents.js";

/** Where boot loaders keep kernel arguments, and what of a line they are. */
const SOURCES: readonly { readonly path: RegExp; readonly line: RegExp; readonly name: (key: string) => string }[] = [
  {
    path: /^\/etc\/default\/grub(\.d\/[^/]+)?$/,
    line: /^\s*(?:export\s+)?(GRUB_CMDLINE_LINUX\w*)=["']?(.*?)["']?\s*$/,
    name: (key) => key,
  },
  { path: /^\/etc\/kernel\/cmdline$/, line: /^()(.+)$/, name: () => "" },
  { path: /^\/boot\/grub2?\/grub\.cfg$/, line: /^\s*linux(?:efi|16)?\s+(\S+)\s+(.*)$/, name: (key) => key },
  { path: /^\/boot\/loader\/entries\/[^/]+\.conf$/, line: /^\s*(options)\s+(.*)$/, name: () => "" },
  { path: /^\/boot\/extlinux\/extlinux\.conf$/, line: /^\s*(?:append|APPEND)()\s+(.*)$/, name: () => "" },
];

/** Kernel arguments by where they are written, such as `/etc/default/grub GRUB_CMDLINE_LINUX`. */
export async function kernelArguments(image: ImageContents): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (image.commandLine !== undefined) found.set("DIB_BOOTLOADER_DEFAULT_CMDLINE", image.commandLine);
  for (const path of image.files.keys()) {
    const source = SOURCES.find((one) => one.path.test(path));
    if (source === undefined) continue;
    for (const text of ((await textOf(image, path)) ?? "").split("\n")) {
      const [, key = "", value = ""] = source.line.exec(text) ?? [];
      if (value.trim() === "") continue;
      const name = `${path} ${source.name(key)}`.trim();
      const others = found.get(name);
      // Every menu entry has its line; the same arguments need to be said once.
      if (others === undefined || !others.split(" | ").includes(value.trim())) {
        found.set(name, others === undefined ? value.trim() : `${others} | ${value.trim()}`);
      }
    }
  }
  return found;
}
