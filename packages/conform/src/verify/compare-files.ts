import type { TreeEntry } from "@dibkit/contents";
import { layerContents, packageOwners, readTree } from "@dibkit/contents";
import type { CommandRunner } from "@dibkit/exec";
import { newestBuild } from "@dibkit/runner";
import { compareContent } from "./compare-content.js";
import { isSameFile } from "./compare-formats.js";
import { knownReason } from "./known-reasons.js";
import type { VerifiedBuild } from "./verified-build.js";
import type { UnrepeatedFile } from "./verify-report.js";

/** Compares the root trees in two archives, times too, and says who wrote what differs. */
export async function compareFiles(
  first: VerifiedBuild,
  second: VerifiedBuild,
  suffix: string,
  commands: CommandRunner,
): Promise<readonly UnrepeatedFile[]> {
  const archives = [`${first.image}${suffix}`, `${second.image}${suffix}`] as const;
  if (await isSameFile(...archives, commands)) return [];
  const [one, other] = await Promise.all(archives.map((archive) => readTree(archive, () => false, { times: true })));
  if (one === undefined || other === undefined) throw new Error("two archives are read");
  const paths = [...new Set([...one.entries.keys(), ...other.entries.keys()])].sort();
  const found = paths.flatMap((path): readonly UnrepeatedFile[] => {
    const [before, after] = [one.entries.get(path), other.entries.get(path)];
    const shown = path === "." ? "/" : `/${path}`;
    if (before === undefined) return [{ path: shown, change: "only-in-second", what: [] }];
    if (after === undefined) return [{ path: shown, change: "only-in-first", what: [] }];
    const what = differences(before, after);
    return what.length === 0 ? [] : [{ path: shown, change: "differs", what }];
  });
  const contents = await compareContent(archives, found, commands);
  const writers = await writersOf(first, commands);
  const added = found.some(({ change }) => change === "only-in-second") ? await writersOf(second, commands) : writers;
  return found.map((file) => {
    const content = contents.get(file.path);
    const reason = knownReason(file.path);
    return {
      ...file,
      ...(file.change === "only-in-second" ? added : writers)(file.path),
      ...(content === undefined ? {} : { content }),
      ...(reason === undefined || !file.what.includes("content") ? {} : { reason }),
    };
  });
}

function differences(one: TreeEntry, other: TreeEntry): readonly string[] {
  const both = (name: string, before: string | undefined, after: string | undefined) =>
    before === after ? [] : [`${name} ${before ?? "none"} ↔ ${after ?? "none"}`];
  const attributes = ({ attributes: values }: TreeEntry) => JSON.stringify(values);
  return [
    ...both("type", one.type, other.type),
    ...(one.hash === other.hash ? [] : ["content"]),
    ...both("mode", one.mode.toString(8), other.mode.toString(8)),
    ...both("owner", one.owner, other.owner),
    ...both("target", one.target, other.target),
    ...both("device", one.device, other.device),
    ...both("hard link of", one.linkedTo, other.linkedTo),
    ...both("attributes", attributes(one), attributes(other)),
    ...both("time", time(one), time(other)),
  ];
}

function time({ modified }: TreeEntry): string {
  return modified === undefined ? "unknown" : new Date(modified * 1000).toISOString();
}

type Written = Pick<UnrepeatedFile, "writer" | "package">;

/** Whoever changed a path on the disk comes first, also when it changed no content; then the layers of the build. */
async function writersOf(
  { job, image, store }: VerifiedBuild,
  commands: CommandRunner,
): Promise<(path: string) => Written> {
  const changes = (await store.records.diskChanges(job.id)) ?? [];
  const onDisk = new Map(changes.map(({ path, writer }) => [path, writer]));
  const build = await newestBuild(store, image);
  const contents = build === undefined ? undefined : await layerContents(store, build, commands);
  if (!contents?.ok) return (path) => ({ ...(onDisk.has(path) ? { writer: onDisk.get(path) } : {}) }) as Written;
  const owners = await packageOwners(contents.value, commands);
  return (path) => {
    const writer = onDisk.get(path) ?? contents.value.files.get(path)?.writer;
    const owner = owners.get(path);
    return { ...(writer === undefined ? {} : { writer }), ...(owner === undefined ? {} : { package: owner }) };
  };
}
