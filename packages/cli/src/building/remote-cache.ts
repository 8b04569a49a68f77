import { resolve as resolvePath } from "node:path";
import type { LayerEntry, LayerStore } from "@dibkit/runner";
import { renderByteSize } from "../byte-size.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { hostArch } from "../host-arch.js";
import { buildOf } from "../open-contents.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";
import { NOTHING_GIVEN } from "./build-options.js";
import { runPlanned } from "./build-planned.js";
import { planImage } from "./plan-image.js";

/** What the options of `dibkit cache` say of a registry and its keys. */
export interface RemoteOptions {
  readonly remote: string | undefined;
  readonly cacheSign: string | undefined;
  readonly cacheTrust: readonly string[];
  readonly cacheDir: string | undefined;
  readonly image: string | undefined;
  readonly since: string | undefined;
  readonly delete: boolean;
  readonly noTypecheck: boolean;
}

/** The registry that an action works on; undefined after saying on stderr that there is none. */
export function remoteOf(terminal: Terminal, action: string, { remote }: RemoteOptions): string | undefined {
  const { DIBKIT_CACHE_FROM: from, DIBKIT_CACHE_TO: to } = terminal.env;
  const word = remote || (action === "push" ? to : from?.trim().split(/\s+/)[0]);
  if (word) return word;
  const variable = action === "push" ? "DIBKIT_CACHE_TO" : "DIBKIT_CACHE_FROM";
  usageFailure(
    terminal,
    `cache ${action} needs a registry`,
    `name it with --remote REGISTRY/REPOSITORY or ${variable}`,
  );
  return undefined;
}

function keysOf(terminal: Terminal, { cacheSign, cacheTrust }: RemoteOptions) {
  const { DIBKIT_CACHE_SIGN: sign, DIBKIT_CACHE_TRUST: trust = "" } = terminal.env;
  const inPlace = (file: string) => resolvePath(terminal.cwd, file);
  const key = cacheSign || sign;
  const named = cacheTrust.length > 0 ? cacheTrust : trust.split(/\s+/).filter((word) => word !== "");
  return { ...(key ? { cacheSign: inPlace(key) } : {}), cacheTrust: named.map(inPlace) };
}

/** Uploads the layers of the store, or those of one image's newest build. */
export async function pushRemote(
  terminal: Terminal,
  store: LayerStore,
  word: string,
  options: RemoteOptions,
): Promise<ExitCode> {
  const { pushLayers, layerKind } = await import("@dibkit/runner");
  const { createCommandRunner } = await import("@dibkit/exec");
  const { env, signal, stderr, stdout } = terminal;
  const build = options.image === undefined ? undefined : await buildOf(terminal, store, options.image);
  if (options.image !== undefined && build === undefined) return 2;
  const steps = build?.record.steps.flatMap(({ layer }) => layer ?? []);
  const named = steps && (await Promise.all(steps.map((layer) => store.named(layer))));
  const entries = named?.filter((entry) => entry !== undefined) ?? (await store.all());
  let failed = false;
  const pushed = await pushLayers(
    entries,
    { word, ...keysOf(terminal, options) },
    {
      ...{ store, env, signal, kind: (await layerKind(store)) ?? "overlay" },
      ...{ architecture: build?.job.request.architecture ?? hostArch(), commands: createCommandRunner({ signal }) },
      scratch: `${store.directory}/t/push-${process.pid}`,
      emit(event) {
        if (event.type === "note") stdout.write(`${event.message}\n`);
        if (event.type === "warning") stderr.write(`warning: ${event.message}\n`);
        failed ||= event.type === "warning";
      },
    },
  );
  if (!pushed.ok) return usageFailure(terminal, pushed.error, "name it as --cache-to does");
  if (pushed.value > 0)
    stdout.write(`${count(pushed.value, "layer")} stayed here: they could hold a secret, or are of others\n`);
  return signal.aborted ? 130 : failed ? 1 : 0;
}

/** Brings what an image needs as far as the registry has it; nothing is run. */
export async function pullRemote(
  terminal: Terminal,
  word: string,
  images: readonly string[],
  options: RemoteOptions,
): Promise<ExitCode> {
  if (images.length === 0)
    return usageFailure(terminal, "cache pull needs an image", "name elements or an image definition, as for a build");
  const { cacheSign = undefined, cacheTrust } = keysOf(terminal, options);
  const given = { ...NOTHING_GIVEN, cacheFrom: [word], cacheSign, cacheTrust, output: options.image };
  const planned = await planImage(
    terminal,
    images,
    { ...given, cacheDir: options.cacheDir, noTypecheck: options.noTypecheck },
    false,
  );
  if (!planned.ok) return planned.exitCode;
  const { job } = planned.plan;
  const { cacheTo: _cacheTo, ...request } = job.request;
  const pulling = { ...planned.plan, job: { ...job, request: { ...request, pullOnly: true } } };
  const outcome = await runPlanned(terminal, pulling, false);
  if (terminal.signal.aborted) return 130;
  // It never gets to an image: where nothing is missing it stops before the disk.
  if (outcome.kind === "interrupted" || outcome.kind === "built") return 0;
  writeTrouble(terminal, outcome.message, outcome.help);
  return 3;
}

/** Says why another machine would find a layer in the registry, or would not. */
export async function whyRemoteLayer(
  terminal: Terminal,
  entry: LayerEntry,
  word: string,
  options: RemoteOptions,
  json: boolean,
): Promise<ExitCode> {
  const { readTrustedKeys, whyRemote } = await import("@dibkit/runner");
  const { createCommandRunner } = await import("@dibkit/exec");
  const { env, signal, stdout } = terminal;
  const keys = readTrustedKeys(keysOf(terminal, options));
  if (!keys.ok) {
    for (const { file, message, help } of keys.error) writeTrouble(terminal, `"${file}" ${message}`, help);
    return 2;
  }
  const asked = await whyRemote(word, entry, keys.value, { env, signal, commands: createCommandRunner({ signal }) });
  if (!asked.ok) return usageFailure(terminal, asked.error, "name it as --cache-from does");
  const { repository, found, reasons, nearest } = asked.value;
  if (json) {
    const near = nearest === undefined ? null : { key: nearest.entry.key, created: nearest.entry.created };
    const key = entry.asked ?? entry.key;
    stdout.write(`${JSON.stringify({ version: 1, repository, key, found, reasons, nearest: near }, null, 2)}\n`);
    return found ? 0 : 1;
  }
  stdout.write(`${entry.label.phase}/${entry.label.script} is ${found ? "in" : "not to be had from"} ${repository}\n`);
  for (const reason of reasons) stdout.write(`  ${reason}\n`);
  return found ? 0 : 1;
}

/** Names what no build has used since a day, and deletes it when asked to. */
export async function unusedRemote(
  terminal: Terminal,
  word: string,
  options: RemoteOptions,
  json: boolean,
): Promise<ExitCode> {
  const { parseDay, unusedLayers } = await import("@dibkit/runner");
  const { createCommandRunner } = await import("@dibkit/exec");
  const { env, signal, stdout } = terminal;
  const day = options.since === undefined ? undefined : parseDay(options.since);
  if (day === undefined) {
    const message = options.since === undefined ? "cache unused needs a day" : `"${options.since}" is not a day`;
    return usageFailure(terminal, message, "name it with --since, such as 2026-11-01 or 30d");
  }
  const asked = await unusedLayers(word, day, options.delete, {
    env,
    signal,
    commands: createCommandRunner({ signal }),
  });
  if (!asked.ok) return usageFailure(terminal, asked.error, "see docs/fleet.md for what a registry has to allow");
  const { repository, layers, others, deleted } = asked.value;
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  if (json) {
    const tags = [...layers.map(({ entry }) => entry.key), ...others];
    stdout.write(`${JSON.stringify({ version: 1, repository, since: day, tags, bytes, deleted }, null, 2)}\n`);
    return 0;
  }
  for (const { entry } of layers)
    stdout.write(`${entry.created.slice(0, 10)}  ${entry.key}  ${entry.label.phase}/${entry.label.script}\n`);
  for (const tag of others) stdout.write(`${tag}\n`);
  const what = `${count(layers.length, "layer")} (${renderByteSize(bytes)}) and ${count(others.length, "other tag")}`;
  stdout.write(`${what} ${deleted ? "deleted" : "unused"} since ${day} in ${repository}\n`);
  return 0;
}
