import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { findMoment, type LayerStore, openLayerStore, openShell, stateAt } from "@dibkit/runner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../../runner/test/tiny-image.js";
import { blame } from "../src/blame.js";
import { compareImages, isSame } from "../src/compare-images.js";
import { findBuild } from "../src/find-build.js";
import { contentHash, type ImageContents } from "../src/image-contents.js";
import { withImageFile } from "../src/image-file-contents.js";
import { layerContents } from "../src/layer-contents.js";
import { pastTimeline } from "../src/past-timeline.js";
import { traceRows, traceTotals } from "../src/trace-slices.js";

/** Everything overlayfs has a mark of its own for: removed, replaced and renamed files and directories. */
const TREE_SCRIPTS = {
  "root.d/50-files": `#!/bin/bash
set -eu
cd $TARGET_ROOT
mkdir -p opt/{keep,gone,again,old/deep,mixed} usr/share/probe
for at in opt/keep/a opt/gone/a opt/again/a opt/old/deep/a opt/old/b opt/mixed/a opt/mixed/b; do
  echo $at > $at
done
ln -s keep opt/link
ln opt/keep/a opt/keep/same
head -c 100000 /dev/zero > usr/share/probe/large
mkdir -p srv/kept srv/lost/deep
for at in srv/kept/a srv/lost/deep/b srv/stays; do
  echo $at > $at
done
`,
  "pre-install.d/50-change": `#!/bin/bash
rm -r /opt/gone /opt/again /opt/mixed/a
mkdir /opt/again
echo new > /opt/again/n
`,
  // The chroot has no mv, chmod or cp: these come from the host side.
  "post-root.d/50-move": `#!/bin/bash
set -eu
cd $TMP_MOUNT_PATH
mv opt/old opt/new
mv opt/new/deep opt/new/deeper
mkdir opt/old
echo other > opt/old/c
chmod 600 usr/share/probe/large
rm opt/link
mkdir opt/link
echo x > opt/link/x
`,
  "finalise.d/50-disk": `#!/bin/bash
rm -r /srv/lost
mkdir /srv/made
echo disk > /srv/kept/a
echo new > /srv/made/new
`,
  "cleanup.d/50-disk": `#!/bin/bash
set -eu
echo newer > $TMP_MOUNT_PATH/srv/made/newer
chmod 640 $TMP_MOUNT_PATH/srv/stays
`,
};

describe.skipIf(!mayBuild)("contents of a real build", () => {
  let project: TinyProject;
  let store: LayerStore;
  const commands = createCommandRunner();
  beforeAll(async () => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    project.element("probe", TREE_SCRIPTS);
    const { outcome } = await project.build({ formats: "tar,raw" });
    expect(outcome).toEqual({ kind: "built", outputs: expect.anything() });
    store = await openLayerStore(join(project.directory, "store"));
  });
  afterAll(() => project.remove());

  async function layers(word?: string): Promise<ImageContents> {
    const build = await findBuild(store, word);
    if (!build.ok) throw new Error(build.error);
    const contents = await layerContents(store, build.value, commands);
    if (!contents.ok) throw new Error(contents.error);
    return contents.value;
  }

  test("has the paths that the kernel shows when the layers are mounted", async () => {
    const contents = await layers();
    const build = await findBuild(store, undefined);
    if (!build.ok) throw new Error(build.error);
    const moment = findMoment(build.value, undefined, "after");
    const state = moment.ok ? await stateAt(store, moment.value) : undefined;
    if (!moment.ok || state === undefined) throw new Error("the build has steps");
    const lines: string[] = [];
    const list =
      "shopt -s globstar dotglob; cd /; for at in opt/** usr/share/probe/** etc/** bin/**; do echo /$at; done";
    const request = { command: ["bash", "-c", list], interactive: false, terminalType: "dumb" };
    await openShell(store, build.value, moment.value, state, { ...request, onOutput: (line) => lines.push(line) });
    const clean = (path: string) => path.replace(/\/$/, "");
    // The shell itself shows the resolver of this host; the fstab is not in the layers.
    const wanted = [...new Set(lines.map(clean))].filter((path) => !/^\/etc\/resolv\.conf/.test(path));
    const paths = [...contents.files.keys()].filter((path) => /^\/(opt|usr\/share\/probe|etc|bin)(\/|$)/.test(path));
    expect(wanted.length).toBeGreaterThan(15);
    const inLayers = paths.filter((path) => !/^\/etc\/(resolv\.conf|fstab)/.test(path));
    expect(inLayers.sort()).toEqual(wanted.sort());
  });

  test.each([
    ["/opt/keep/a", "root.d/50-files", 11],
    ["/opt/keep/same", "root.d/50-files", 0],
    ["/opt/again/n", "pre-install.d/50-change", 4],
    ["/opt/new/b", "root.d/50-files", 10],
    ["/opt/new/deeper/a", "root.d/50-files", 15],
    ["/opt/old/c", "post-root.d/50-move", 6],
    // Only its mode changed.
    ["/usr/share/probe/large", "root.d/50-files", 100_000],
    ["/srv/stays", "root.d/50-files", 10],
    ["/srv/kept/a", "finalise.d/50-disk", 5],
    ["/srv/made/new", "finalise.d/50-disk", 4],
    ["/srv/made/newer", "cleanup.d/50-disk", 6],
  ])("%s was written by %s and has %d bytes", async (path, step, bytes) => {
    const file = (await layers()).files.get(path);
    expect(`${file?.writer?.phase}/${file?.writer?.script} of ${file?.writer?.element}`).toBe(`${step} of probe`);
    expect(file?.bytes).toBe(bytes);
  });

  test.each([
    ["/srv/kept/a", ["created by root.d/50-files", "changed by finalise.d/50-disk"]],
    ["/srv/lost/deep/b", ["created by root.d/50-files", "removed by finalise.d/50-disk"]],
    ["/srv/made/newer", ["created by cleanup.d/50-disk"]],
    ["/etc/fstab", ["created by disk/create"]],
  ])("%s has its whole history", async (path, history) => {
    const build = await findBuild(store, undefined);
    if (!build.ok) throw new Error(build.error);
    const entries = await blame(store, build.value.record, path);
    expect(entries.map(({ change, label }) => `${change} by ${label.phase}/${label.script}`)).toEqual(history);
  });

  test.each(["tar", "raw"])("the %s file of the build has the same files", async (format) => {
    const contents = await layers();
    const differences = await withImageFile(join(project.directory, `out/image.${format}`), commands, async (image) => {
      expect(await contentHash(image.files.get("/opt/new/b") ?? ({} as never))).toBe(
        await contentHash(contents.files.get("/opt/new/b") ?? ({} as never)),
      );
      return (await compareImages(contents, image, commands)).files.filter(({ path }) =>
        /^\/(opt|usr|bin|lib|srv|etc)/.test(path),
      );
    });
    expect(differences).toEqual({ ok: true, value: [] });
  });

  test("two builds differ in what the edit changed, and ~1 is the build before", async () => {
    project.element("probe", { "install.d/70-edit": "#!/bin/bash\necho edited > /opt/keep/a\nrm /opt/mixed/b\n" });
    const { outcome } = await project.build();
    expect(outcome).toEqual({ kind: "built", outputs: expect.anything() });
    const [before, after] = [await layers("~1"), await layers(join(project.directory, "out/image.tar"))];
    const difference = await compareImages(before, after, commands);
    expect(isSame(difference)).toBe(false);
    expect(difference.files.map(({ path, change, what, writer }) => [path, change, what, writer?.script])).toEqual([
      ["/opt/keep/a", "changed", ["content"], "70-edit"],
      ["/opt/mixed/b", "removed", [], "50-files"],
    ]);
    expect(isSame(await compareImages(after, after, commands))).toBe(true);
    expect(await findBuild(store, "~2")).toMatchObject({ ok: false, error: expect.stringContaining('no "~2"') });
  });

  test("outputs that are used again keep what scripts on their disk did", async () => {
    const { events } = await project.build();
    expect(events).toContainEqual(expect.objectContaining({ id: "formats/outputs", outcome: "cached" }));
    expect((await layers()).files.get("/srv/made/new")?.writer?.phase).toBe("finalise.d");
  });

  test("a build knows its times, cached steps too", async () => {
    const { events } = await project.build();
    const build = await findBuild(store, undefined);
    const timeline = build.ok ? await pastTimeline(store, build.value) : undefined;
    if (timeline === undefined) throw new Error("no timeline was kept");
    const finished = events.flatMap((event) => (event.type === "step-finished" ? [[event.id, event.outcome]] : []));
    expect(timeline.steps.map(({ id, outcome }) => [id, outcome])).toEqual(finished);
    expect(timeline.status).toBe("built");
    expect(timeline.steps.some(({ outcome }) => outcome === "cached")).toBe(true);
    const { seconds, waited, ran, kept, cached, end } = traceTotals(timeline);
    expect(waited + ran + kept + cached + end).toBeCloseTo(seconds, 1);
    const slices = traceRows(timeline).flatMap((row) => row.slices);
    for (const [index, slice] of slices.entries()) {
      expect(slice.start).toBeGreaterThanOrEqual(index === 0 ? 0 : (slices[index - 1]?.start ?? 0));
    }
  });
});
