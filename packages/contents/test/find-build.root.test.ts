import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layerStoreAt } from "@dibkit/runner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../runner/test/tiny-image.js";
import { findBuild } from "../src/find-build.js";

describe.skipIf(!mayBuild)("the build that made an image", () => {
  let project: TinyProject;
  let ids: readonly string[];
  const image = () => join(project.directory, "out/image");
  const store = () => layerStoreAt(join(project.directory, "store"));
  const found = async (word: string | undefined, which = {}) => {
    const build = await findBuild(store(), word, which);
    return build.ok ? build.value.record.id : build.error;
  };

  beforeAll(async () => {
    project = tinyProject();
    for (const [text, kind] of [
      ["echo one > /etc/probe", "built"],
      ["echo two > /etc/probe", "built"],
      ["exit 3", "script-failed"],
    ] as const) {
      project.element("probe", { "install.d/50-probe": `#!/bin/bash\n${text}\n` });
      const { outcome } = await project.build();
      expect(outcome.kind).toBe(kind);
      copyFileSync(`${image()}.tar`, join(project.directory, `copy-${text.length}.tar`));
    }
    ids = await store().records.buildIds();
  });
  afterAll(() => project.remove());

  test("is the newest that was finished, not one that failed after it", async () => {
    expect(await found(undefined)).toBe(ids[1]);
    expect(await found(image())).toBe(ids[1]);
    expect(await found(`${image()}.tar`)).toBe(ids[1]);
    expect(await found(`${image()}~1`)).toBe(ids[0]);
    expect(await found(ids[2])).toBe(ids[2]);
    expect(await found(`${ids[2]}~1`)).toBe(ids[1]);
    expect(await found(undefined, { unfinished: true })).toBe(ids[2]);
    expect(await found(`${image()}.tar`, { unfinished: true })).toBe(ids[2]);
  });

  test("is the one that wrote the bytes, wherever they lie now", async () => {
    const copy = join(project.directory, "copy of the newest.tar");
    copyFileSync(`${image()}.tar`, copy);
    expect(await found(copy)).toBe(ids[1]);
    const other = join(project.directory, "other.tar");
    writeFileSync(other, "not an image of anybody\n");
    expect(await found(other)).toBe(`no build of "${other}" is remembered`);
    writeFileSync(`${image()}.tar`, "written over by somebody\n");
    expect(await found(`${image()}.tar`)).toBe(`no build that is remembered wrote this "${image()}.tar"`);
  });
});
