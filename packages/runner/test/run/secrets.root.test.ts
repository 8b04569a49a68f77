import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

const commands = createCommandRunner();
const PASSWORD = "it's a $ecret & more";
/** Another one of the same length, which is what a script of the tests asks for. */
const OTHER_PASSWORD = [...PASSWORD].reverse().join("");

describe.skipIf(!mayBuild)("secrets of a build", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    project.element("probe", {
      // As dibkit compiles `envSecret`.
      "README.rst": "=====\nprobe\n=====\n\nPROBE_SECRET\n  :Required: No\n  :Secret: Yes\n",
      "environment.d/10-probe": 'export PROBE_URL="https://me:$PROBE_SECRET@example.org"\n',
      "extra-data.d/30-host": '#!/bin/bash\nset -x\n: "$PROBE_SECRET" "$PROBE_URL"\nexport -p | grep PROBE_SECRET\n',
      "install.d/30-target": '#!/bin/bash\nset -x\necho "$PROBE_SECRET" >&2\necho "$DIB_ENV" > /etc/dib_environment\n',
      "install.d/40-other": "#!/bin/bash\necho other > /etc/other\n",
      "post-install.d/50-uses": `#!/bin/bash\n[ \${#PROBE_SECRET} = ${PASSWORD.length} ] && echo right > /etc/right\n`,
      "finalise.d/50-disk": '#!/bin/bash\nset -x\n: "$PROBE_URL"\n',
    });
  });
  afterAll(() => project.remove());

  test("reach the scripts, and neither logs, manifests, records nor keys", async () => {
    const environment = { PROBE_SECRET: PASSWORD, DIB_PROBE_URL: `https://${PASSWORD}@example.org` };
    const { outcome } = await project.build({ environment, logfile: join(project.directory, "out/build.log") });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
    expect(project.log("install.d/30-target")).toContain("[secret]");
    expect(readFileSync(join(project.directory, "out/build.log"), "utf8")).toContain("https://me:[secret]@example.org");
    const listed = await commands.run(["tar", "-xOf", join(project.directory, "out/image.tar"), "./etc/right"]);
    expect(listed.ok && listed.value.stdout).toBe("right\n");
    const dumped = await commands.run([
      ...["tar", "-xOf", join(project.directory, "out/image.tar"), "./etc/dib_environment"],
    ]);
    expect(dumped.ok && dumped.value.stdout).toContain("[secret]");
    const found = await commands.run(["grep", "-rlF", "ecret & more", "store", "out"], { cwd: project.directory });
    expect(found.ok ? found.value.stdout : "").toBe("");
  });

  test("are part of the keys: another one runs what mentions it again, by itself or by what is made of it", async () => {
    const again = await project.build({ environment: { PROBE_SECRET: PASSWORD } });
    const { steps } = await project.build({ environment: { PROBE_SECRET: OTHER_PASSWORD } });
    expect(steps["root.d/10-tiny"]).toBe("cached");
    for (const step of [
      "extra-data.d/30-host",
      "install.d/30-target",
      "post-install.d/50-uses",
      "finalise.d/50-disk",
    ]) {
      expect(steps[step], step).toBe("ran");
    }
    expect(again.outcome.kind).toBe("built");
    const same = await project.build({ environment: { PROBE_SECRET: OTHER_PASSWORD } });
    expect(same.steps["install.d/30-target"]).toBe("cached");
  });
});

describe.skipIf(!mayBuild)("links in an image", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
  });
  afterAll(() => project.remove());

  test("lead none of dibkit's own steps out of it, not even to places that are writable", async () => {
    const outside = join(project.directory, "out/outside");
    project.element("probe", {
      "root.d/20-links": `#!/bin/bash
set -eu
mkdir -p ${outside}/log $TARGET_ROOT/usr
echo kept > ${outside}/log/x.log
echo kept > ${outside}/fstab
echo kept > ${outside}/resolv.conf
rm -rf $TARGET_ROOT/var $TARGET_ROOT/root
mv $TARGET_ROOT/etc $TARGET_ROOT/usr/etc
for name in etc var root; do ln -s ${outside} $TARGET_ROOT/$name; done
mkdir -p $TARGET_ROOT${outside}
`,
      "install.d/30-see": "#!/bin/bash\nls /etc/resolv.conf && echo seen > /etc/seen\n",
    });
    const { outcome } = await project.build();
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
    for (const name of ["log/x.log", "fstab", "resolv.conf"]) {
      expect(readFileSync(join(outside, name), "utf8"), name).toBe("kept\n");
    }
  });
});
