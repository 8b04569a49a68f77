import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strFromU8, unzipSync } from "fflate";

export const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The parts of the archive that the script makes of the extension, by their path. */
export function packedExtension(): Readonly<Record<string, string>> {
  const out = mkdtempSync(join(tmpdir(), "dibkit-vsix-"));
  try {
    execFileSync(process.execPath, [join(repository, "scripts/pack-vscode.mjs"), "--out", out]);
    const [name = ""] = readdirSync(out);
    const parts = unzipSync(readFileSync(join(out, name)));
    return Object.fromEntries(Object.entries(parts).map(([path, bytes]) => [path, strFromU8(bytes)]));
  } finally {
    rmSync(out, { recursive: true });
  }
}
