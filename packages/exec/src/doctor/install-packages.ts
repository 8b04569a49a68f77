import { err, ok, type Result } from "@dibkit/model";
import { type CommandFailure, createCommandRunner } from "../command-runner.js";
import { findProgram } from "../find-program.js";

export type InstallFailure =
  | { readonly kind: "no-apt" }
  | { readonly kind: "no-rights" }
  | { readonly kind: "apt-failed"; readonly failure: CommandFailure };

/** Installs Debian packages with apt-get, as root or through a sudo that asks no password. */
export async function installPackages(
  packages: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly onOutput: (line: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<Result<undefined, InstallFailure>> {
  if (!findProgram("apt-get", options.env)) return err({ kind: "no-apt" });
  const runner = createCommandRunner(options.signal ? { signal: options.signal } : {});
  const isRoot = process.geteuid?.() === 0;
  if (!isRoot && !(await runner.run(["sudo", "-n", "true"])).ok) return err({ kind: "no-rights" });
  const rights = isRoot ? [] : ["sudo", "-n"];
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const argv = [...rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...words];
    const run = await runner.run(argv, { onOutput: options.onOutput });
    if (!run.ok) return err({ kind: "apt-failed", failure: run.error });
  }
  return ok(undefined);
}
