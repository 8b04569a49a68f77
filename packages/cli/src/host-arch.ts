const DEBIAN_NAME: Readonly<Record<string, string>> = { x64: "amd64", ia32: "i386", arm: "armhf", ppc64: "ppc64el" };

/** Architecture of this machine in Debian's words, as `disk-image-create` takes it by default. */
export function hostArch(): string {
  return DEBIAN_NAME[process.arch] ?? process.arch;
}
