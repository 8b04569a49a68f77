import type { LayerMeta, LayerStore, UsedLayer } from "@dibkit/build";
import { parseByteSize } from "../byte-size.js";
import { defineCommand } from "../command.js";
import { openStore, storeOptions } from "../open-store.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "cache",
  summary: "list, check and trim the layers that builds have left",
  arguments: [
    {
      name: "ACTION",
      summary: "list layers, verify their content, prune the least recently used ones, or clear everything",
      required: true,
      choices: ["list", "verify", "prune", "clear"],
    },
  ],
  options: {
    size: { type: "string", value: "SIZE", default: "20G", summary: "what prune leaves at most, such as 500M or 20G" },
    fix: { type: "boolean", summary: "let verify remove damaged layers" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit cache list", does: "shows every layer with its size and when it was last used" },
    { command: "dibkit cache prune --size 10G", does: "removes the least recently used layers above 10 GiB" },
  ],
  async run({ arguments: words, options }, terminal) {
    const { createCommandRunner, pruneStore, usedLayers, verifyStore } = await import("@dibkit/build");
    const store = await openStore(terminal, options.cacheDir);
    switch (words.ACTION) {
      case "list":
        return list(terminal, store, await usedLayers(store), options.format === "json");
      case "verify": {
        const damaged = await verifyStore(store, createCommandRunner(), options.fix);
        return reportDamage(terminal, damaged, options.fix);
      }
      case "prune": {
        const limit = parseByteSize(options.size);
        if (limit === undefined)
          return usageFailure(terminal, `"${options.size}" is no size`, "write it like 500M or 20G");
        return reportRemoved(terminal, await pruneStore(store, limit));
      }
      case "clear":
        return reportRemoved(terminal, await pruneStore(store, -1));
    }
  },
});

function list(terminal: Terminal, store: LayerStore, layers: readonly UsedLayer[], json: boolean): 0 {
  if (json) {
    const entries = layers.map(({ meta, used }) => ({
      ...meta.label,
      key: meta.key,
      bytes: meta.bytes,
      created: meta.created,
      ...(meta.aptIndex === undefined ? {} : { aptIndex: meta.aptIndex }),
      used: used.toISOString(),
    }));
    terminal.stdout.write(`${JSON.stringify({ version: 1, store: store.directory, layers: entries }, null, 2)}\n`);
    return 0;
  }
  for (const { meta, used } of layers) {
    const name = `${meta.label.phase}/${meta.label.script}`.padEnd(44);
    terminal.stdout.write(
      `${used.toISOString().slice(0, 16)}  ${mebibytes(meta.bytes)}  ${name} ${meta.label.element ?? ""}\n`,
    );
  }
  const total = layers.reduce((sum, { meta }) => sum + meta.bytes, 0);
  terminal.stdout.write(`${layers.length} layers, ${mebibytes(total).trim()} in ${store.directory}\n`);
  return 0;
}

function reportDamage(terminal: Terminal, damaged: readonly LayerMeta[], removed: boolean): 0 | 1 {
  for (const { label, key } of damaged) {
    terminal.stdout.write(`damaged: ${label.phase}/${label.script} (${key})${removed ? ", removed" : ""}\n`);
  }
  terminal.stdout.write(damaged.length === 0 ? "all layers are intact\n" : "");
  return damaged.length === 0 || removed ? 0 : 1;
}

function reportRemoved(terminal: Terminal, removed: readonly UsedLayer[]): 0 {
  const bytes = removed.reduce((sum, { meta }) => sum + meta.bytes, 0);
  terminal.stdout.write(`removed ${removed.length} layers, ${mebibytes(bytes).trim()}\n`);
  return 0;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1).padStart(8)} MiB`;
}
