import type { ContentsSize, Garbage, LayerDescription, LayerEntry, LayerStore, UsedLayer } from "@dibkit/runner";
import { listRemote } from "../building/list-remote.js";
import { openStore, storeOptions } from "../building/open-store.js";
import {
  pullRemote,
  pushRemote,
  type RemoteOptions,
  remoteOf,
  unusedRemote,
  whyRemoteLayer,
} from "../building/remote-cache.js";
import { parseByteSize, renderByteSize } from "../byte-size.js";
import { defineCommand, type ExitCode } from "../command.js";
import { count } from "../count.js";
import { buildOf } from "../open-contents.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "cache",
  group: "build",
  summary: "list, check, explain, share and trim the layers that builds have left",
  description:
    "list shows every layer; verify reads all of them and compares them with what was kept; why says what a layer's key\nis made of and what differs from the layer before; prune removes the least recently used layers; gc removes what no\nbuild can use any more; clear removes all. prune and clear go\nfor what is kept for locks too. What a running build stands on always stays.\n\nWith a registry: list and why are about the layers there; push uploads layers; pull brings those that an image needs and\nruns nothing; unused names, and with --delete deletes, what no build that uploads has used since a day.",
  arguments: [
    {
      name: "ACTION",
      summary: "what to do",
      required: true,
      choices: ["list", "verify", "why", "prune", "gc", "clear", "push", "pull", "unused"],
    },
    {
      name: "WORD",
      summary: "for why: the beginning of a key, or a step such as install.d/50-nginx; for pull: elements or an image",
      variadic: true,
    },
  ],
  options: {
    size: { type: "string", value: "SIZE", default: "20G", summary: "what prune leaves at most, such as 500M or 20G" },
    fix: { type: "boolean", summary: "let verify remove damaged layers" },
    image: {
      type: "string",
      value: "IMAGE",
      summary:
        "for why: the image whose step is meant (default: the newest); for push: only the layers of its last build",
    },
    remote: {
      type: "string",
      value: "REGISTRY/REPOSITORY",
      summary: "the registry to list, explain, push to or pull from",
    },
    cacheSign: { type: "string", value: "KEYFILE", summary: "for push: sign with this private key (PEM)" },
    cacheTrust: {
      ...{ type: "string", value: "KEYFILE", repeatable: true },
      summary: "count only what this public key (PEM) has signed",
    },
    since: { type: "string", value: "DAY", summary: "for unused: a day such as 2026-11-01, or an age such as 30d" },
    delete: { type: "boolean", summary: "for unused: delete it, where the registry allows that" },
    noTypecheck: { type: "boolean", summary: "for pull: skip the checks of the TypeScript compiler" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit cache list", does: "shows every layer with its size and when it was last used" },
    {
      command: "dibkit cache list --remote registry.example.org/team/cache",
      does: "shows the layers that machines share there",
    },
    {
      command: "dibkit cache pull --remote registry.example.org/team/cache web.image.ts",
      does: "brings the layers that building the image would take from there",
    },
    {
      command: "dibkit cache unused --remote registry.example.org/team/cache --since 30d",
      does: "names what no build that uploads has used for 30 days",
    },
    { command: "dibkit cache why install.d/50-nginx", does: "says what its key is made of and why it ran last" },
    { command: "dibkit cache prune --size 10G", does: "removes the least recently used layers above 10 GiB" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    const surplus = words.WORD[words.ACTION === "pull" ? words.WORD.length : words.ACTION === "why" ? 1 : 0];
    if (surplus !== undefined)
      return usageFailure(
        terminal,
        `cache ${words.ACTION} has no use for "${surplus}"`,
        'leave it out, or see "dibkit cache --help"',
      );
    const { collectGarbage, contentsSize, pruneContents, pruneStore, usedLayers, verifyStore } = await import(
      "@dibkit/runner"
    );
    const { createCommandRunner } = await import("@dibkit/exec");
    const store = await openStore(terminal, options.cacheDir);
    const commands = createCommandRunner();
    const json = options.format === "json";
    switch (words.ACTION) {
      case "list":
        if (options.remote !== undefined) return listRemote(terminal, options.remote, json);
        return list(terminal, store, await usedLayers(store), await contentsSize(store), json);
      case "verify":
        return reportDamage(terminal, await verifyStore(store, commands, options.fix), options.fix);
      case "why":
        return why(terminal, store, words.WORD[0], options, json);
      case "push":
      case "pull":
      case "unused":
        return useRemote(terminal, store, words.ACTION, words.WORD, options, json);
      case "prune": {
        const limit = parseByteSize(options.size);
        if (limit === undefined)
          return usageFailure(terminal, `"${options.size}" is not a size`, "write it like 500M or 20G");
        const removed = await pruneStore(store, limit, commands);
        return reportRemoved(terminal, removed, await pruneContents(store, limit, commands));
      }
      case "gc":
        return reportGarbage(terminal, await collectGarbage(store, commands));
      case "clear":
        await collectGarbage(store, commands);
        return reportRemoved(terminal, await pruneStore(store, -1, commands), await pruneContents(store, -1, commands));
    }
  },
});

function list(
  terminal: Terminal,
  store: LayerStore,
  layers: readonly UsedLayer[],
  { files, bytes: kept }: ContentsSize,
  json: boolean,
): 0 {
  if (json) {
    const entries = layers.map(({ meta, used, aptIndex }) => ({
      ...meta.label,
      key: meta.key,
      bytes: meta.bytes,
      created: meta.created,
      ...(aptIndex === undefined ? {} : { aptIndex }),
      used: used.toISOString(),
    }));
    terminal.stdout.write(
      `${JSON.stringify({ version: 1, store: store.directory, layers: entries, contents: { files, bytes: kept } }, null, 2)}\n`,
    );
    return 0;
  }
  for (const { meta, used } of layers) {
    const name = `${meta.label.phase}/${meta.label.script}`.padEnd(44);
    const size = renderByteSize(meta.bytes).padStart(11);
    const line = `${used.toISOString().slice(0, 16)}  ${meta.key.slice(0, 12)} ${size}  ${name} ${meta.label.element ?? ""}`;
    terminal.stdout.write(`${line.trimEnd()}\n`);
  }
  const total = layers.reduce((sum, { meta }) => sum + meta.bytes, 0);
  terminal.stdout.write(`${count(layers.length, "layer")}, ${renderByteSize(total)} in ${store.directory}\n`);
  if (files > 0) terminal.stdout.write(`${count(files, "download")} kept for locks, ${renderByteSize(kept)}\n`);
  return 0;
}

/** The actions that are about a registry alone. */
async function useRemote(
  terminal: Terminal,
  store: LayerStore,
  action: "push" | "pull" | "unused",
  words: readonly string[],
  options: RemoteOptions,
  json: boolean,
): Promise<ExitCode> {
  const remote = remoteOf(terminal, action, options);
  if (remote === undefined) return 2;
  if (action === "push") return pushRemote(terminal, store, remote, options);
  if (action === "pull") return pullRemote(terminal, remote, words, options);
  return unusedRemote(terminal, remote, options, json);
}

async function why(
  terminal: Terminal,
  store: LayerStore,
  word: string | undefined,
  options: RemoteOptions,
  json: boolean,
): Promise<ExitCode> {
  if (word === undefined)
    return usageFailure(terminal, "cache why needs a layer or a step to explain", "name one, as cache list shows them");
  const { describeLayer } = await import("@dibkit/runner");
  const build = /^[0-9a-f]{4,}$/.test(word) ? undefined : await buildOf(terminal, store, options.image);
  const described = await describeLayer(store, word, build);
  if (described === undefined) {
    return usageFailure(
      terminal,
      `no layer of "${word}"`,
      'see "dibkit cache list" for layers, "dibkit plan" for steps',
    );
  }
  if (options.remote !== undefined) return whyRemoteLayer(terminal, described.meta, options.remote, options, json);
  terminal.stdout.write(json ? `${JSON.stringify(whyDocument(described), null, 2)}\n` : whyText(described));
  return 0;
}

function whyDocument({ meta, used, aptIndex, build, before }: LayerDescription) {
  const { label, key, created, seconds, bytes, ingredients } = meta;
  return {
    version: 1,
    ...label,
    ...{ key, created, used: used.toISOString(), seconds, bytes, aptIndex: aptIndex ?? null, ingredients },
    build: build ?? null,
    before: before ? { key: before.meta.key, created: before.meta.created, changed: before.changed } : null,
  };
}

function whyText({ meta, used, aptIndex, build, before }: LayerDescription): string {
  const { label, key, created, seconds, bytes, ingredients } = meta;
  const minute = (iso: string) => iso.slice(0, 16).replace("T", " ");
  const lines = [
    `${label.phase}/${label.script} of ${label.element === undefined ? "dibkit" : `element ${label.element}`}`,
    `  layer ${key.slice(0, 12)}, made ${minute(created)} in ${seconds.toFixed(1)} s, ${renderByteSize(bytes)}, last used ${minute(used.toISOString())}`,
    ...(aptIndex === undefined ? [] : [`  packages of the apt index ${aptIndex.slice(0, 12)}`]),
  ];
  if (build !== undefined) {
    const happened = build.outcome === "cached" ? "was cached" : `ran because: ${build.reason ?? "it is new"}`;
    lines.push(`  in build ${build.id} it ${happened}`);
  }
  if (before !== undefined) {
    const changed = before.changed.length === 0 ? "the same key: it was made again" : before.changed.join(", ");
    lines.push(
      `  differs from the layer before, ${before.meta.key.slice(0, 12)} of ${minute(before.meta.created)}: ${changed}`,
    );
  }
  lines.push("  its key is made of");
  for (const [name, value] of Object.entries(ingredients)) lines.push(`    ${value.slice(0, 12).padEnd(12)}  ${name}`);
  return `${lines.join("\n")}\n`;
}

function reportDamage(terminal: Terminal, damaged: readonly LayerEntry[], removed: boolean): 0 | 1 {
  for (const { label, key } of damaged) {
    terminal.stdout.write(`damaged: ${label.phase}/${label.script} (${key})${removed ? ", removed" : ""}\n`);
  }
  terminal.stdout.write(damaged.length === 0 ? "all layers are intact\n" : "");
  return damaged.length === 0 || removed ? 0 : 1;
}

function reportRemoved(terminal: Terminal, removed: readonly UsedLayer[], contents: ContentsSize): 0 {
  const bytes = removed.reduce((sum, { meta }) => sum + meta.bytes, 0);
  terminal.stdout.write(`removed ${count(removed.length, "layer")}, ${renderByteSize(bytes)}\n`);
  if (contents.files > 0) {
    const what = `${count(contents.files, "download")} kept for locks`;
    terminal.stdout.write(`removed ${what}, ${renderByteSize(contents.bytes)}\n`);
  }
  return 0;
}

function reportGarbage(terminal: Terminal, { partial, replaced, records }: Garbage): 0 {
  terminal.stdout.write(`removed ${replaced} replaced layers, ${partial} unfinished ones and ${records} old records\n`);
  return 0;
}
