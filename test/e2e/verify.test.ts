import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { dibkit } from "./dibkit.js";

const EPOCH = "1700000000";

describe.skipIf(!mayBuild)("dibkit build --verify", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    project.element("steady", {
      "install.d/50-write": "#!/bin/bash\necho same > /etc/same\n",
      "finalise.d/50-write": "#!/bin/bash\necho late > /etc/late\nmkdir -p /srv/data\n",
    });
    project.element("fickle", {
      "install.d/50-moment": "#!/bin/bash\nset -eu\nprintf '%s\\n' first $EPOCHREALTIME last > /etc/moment\n",
      "finalise.d/50-random":
        "#!/bin/bash\nset -eu\necho $RANDOM$RANDOM$RANDOM > /etc/random\n> /etc/only-$EPOCHREALTIME\n",
    });
  });
  afterAll(() => project.remove());

  const verify = (element: string, types: string, env: Readonly<Record<string, string>>) => {
    const { directory } = project;
    const places = ["--elements-path", join(directory, "elements"), "--cache-dir", join(directory, "store")];
    const more = ["--image-cache", join(directory, "cache"), "--image-size", "0.2", "-n", "-o", "image"];
    mkdirSync(join(directory, "out"), { recursive: true });
    const cwd = join(directory, "out");
    return dibkit(["build", "tiny-os", element, "--verify", "-t", types, ...places, ...more], { cwd, env });
  };

  test("an image that follows from its elements is the same in every format", async () => {
    const run = await verify("steady", "raw,qcow2,tgz", { SOURCE_DATE_EPOCH: EPOCH });
    expect(run, run.stderr + run.stdout).toMatchObject({ exitCode: 0 });
    const out = join(project.directory, "out");
    expect(run.stdout).toBe(
      [
        ...["qcow2", "tgz  ", "raw  "].map((name) => `${name}  identical     ${out}/image.${name.trim()}`),
        "",
        `both builds gave the same bytes with SOURCE_DATE_EPOCH=${EPOCH} (2023-11-14T22:13:20.000Z)`,
        "",
      ].join("\n"),
    );
    expect(readdirSync(out).sort()).toEqual(["qcow2", "raw", "tgz"].map((name) => `image.${name}`));
    expect(readdirSync(join(project.directory, "store/verify"))).toEqual([]);
    expect(existsSync(join(project.directory, "store/l"))).toBe(false);
  });

  test("what differs is named with the script that wrote it", async () => {
    const { exitCode, stdout, stderr } = await verify("fickle", "raw", {});
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain("SOURCE_DATE_EPOCH is not set: both builds get the present time\n");
    const moment = String.raw`  /etc/moment: content
    by install.d/50-moment of element fickle
    -\d+\.\d+
    \+\d+\.\d+
`;
    const random = String.raw`  /etc/random: content
    by finalise.d/50-random of element fickle
    -\d+
    \+\d+
`;
    expect(stdout).toMatch(/^raw {2}different {5}\/.*image\.raw\n\n4 files of the image differ:\n/);
    expect(stdout).toMatch(new RegExp(moment));
    expect(stdout).toMatch(new RegExp(random));
    expect(stdout).toMatch(
      /\/etc\/only-[\d.]+: only in the first build\n {4}by finalise\.d\/50-random of element fickle/,
    );
    expect(stdout).toMatch(
      /the disk besides its files:\n {2}disk \(ext4\): blocks of files: .*\/etc\/moment, \/etc\/random/,
    );
    expect(stdout).toMatch(/\ntwo builds with SOURCE_DATE_EPOCH=\d+ \(.*\) differ\n$/);
  });
});
