import { ARCHITECTURE_TABLE, type ArchitectureFacts } from "@dibkit/model";

/** Architecture of this machine in Debian's words, as `disk-image-create` takes it by default. */
export function hostArch(): string {
  const facts = ARCHITECTURE_TABLE.find(({ node }: ArchitectureFacts) => node === process.arch);
  return facts?.name ?? process.arch;
}
