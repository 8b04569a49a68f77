/** Architectures as diskimage-builder's `ARCH` names them, with the spellings its elements also use. */
export const ARCHITECTURES = [
  "amd64",
  "x86_64",
  "i386",
  "arm64",
  "aarch64",
  "armhf",
  "ppc64",
  "ppc64le",
  "ppc64el",
  "s390x",
  "riscv64",
] as const;

export type Architecture = (typeof ARCHITECTURES)[number];
