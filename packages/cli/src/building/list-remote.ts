import { renderByteSize } from "../byte-size.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** Prints the layers and locks that a registry has. */
export async function listRemote(terminal: Terminal, word: string, json: boolean): Promise<ExitCode> {
  const [{ listRemoteLayers }, { createCommandRunner }] = await Promise.all([
    import("@dibkit/runner"),
    import("@dibkit/exec"),
  ]);
  const { env, signal, stdout } = terminal;
  const listed = await listRemoteLayers(word, { env, signal, commands: createCommandRunner({ signal }) });
  if (!listed.ok) return usageFailure(terminal, listed.error, "name it as --cache-from does");
  const { repository, layers, locks } = listed.value;
  if (json) {
    const entries = layers.map(({ entry: { label, key, created }, bytes }) => ({ ...label, key, bytes, created }));
    stdout.write(`${JSON.stringify({ version: 1, repository, layers: entries, locks }, null, 2)}\n`);
    return 0;
  }
  for (const { entry, bytes } of layers) {
    const name = `${entry.label.phase}/${entry.label.script}`.padEnd(44);
    const size = renderByteSize(bytes).padStart(11);
    const line = `${entry.created.slice(0, 16)}  ${entry.key.slice(0, 12)} ${size}  ${name} ${entry.label.element ?? ""}`;
    stdout.write(`${line.trimEnd()}\n`);
  }
  for (const { digest, title, files, bytes } of locks) {
    stdout.write(`lock ${digest.slice(0, 12)} of ${title}: ${count(files, "download")}, ${renderByteSize(bytes)}\n`);
  }
  const total = layers.reduce((sum, { bytes }) => sum + bytes, 0);
  stdout.write(`${count(layers.length, "layer")}, ${renderByteSize(total)} in ${repository}\n`);
  return 0;
}
