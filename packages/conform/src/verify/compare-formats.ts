import { type CommandRunner, commandError } from "@dibkit/exec";
import type { BuildJob } from "@dibkit/runner";
import { checkFormats, formatRequest } from "@dibkit/runner";
import type { VerifiedBuild } from "./verified-build.js";
import type { VerifiedFormat } from "./verify-report.js";

/** Compares every output that was asked for, byte by byte. */
export async function compareFormats(
  job: BuildJob,
  first: VerifiedBuild,
  second: VerifiedBuild,
  commands: CommandRunner,
): Promise<readonly VerifiedFormat[]> {
  const compared: VerifiedFormat[] = [];
  for (const { name, extension } of checkFormats(formatRequest(job.request, job.image)).units) {
    if (extension === undefined) {
      const note = "its result is not a file; format oci has the same content";
      compared.push({ format: name, outcome: "not-compared", note });
      continue;
    }
    const same = await isSameFile(`${first.image}.${extension}`, `${second.image}.${extension}`, commands);
    compared.push({ format: name, path: `${job.image}.${extension}`, outcome: same ? "identical" : "different" });
  }
  return compared;
}

export async function isSameFile(one: string, other: string, commands: CommandRunner): Promise<boolean> {
  const compared = await commands.run(["cmp", "--silent", "--", one, other]);
  if (!compared.ok && !(compared.error.kind === "exited" && compared.error.exitCode === 1)) {
    throw commandError(`compare "${one}" with "${other}"`, compared.error);
  }
  return compared.ok;
}
