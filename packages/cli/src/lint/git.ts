import type { CommandFailure } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";

/** Runs git in a directory; its standard output. Settings of the user that change what it prints are overruled. */
export async function git(
  { env, signal }: Pick<Terminal, "env" | "signal">,
  cwd: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Result<string, CommandFailure>> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const chunks: Buffer[] = [];
  const result = await createCommandRunner().run(["git", "-c", "core.quotePath=false", ...args], {
    cwd,
    env: { ...env, LC_ALL: "C", ...more },
    onBytes: (chunk) => chunks.push(chunk),
    signal,
  });
  return result.ok ? { ok: true, value: Buffer.concat(chunks).toString("utf8") } : result;
}
