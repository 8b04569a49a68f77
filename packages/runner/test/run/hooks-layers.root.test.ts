import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../tiny-image.js";

/** A script of `install.d` and later that says in the image that it ran, and what it was told. */
const says = (name: string) => `#!/bin/bash\necho "${name} $COLOUR" >> /etc/ran\n`;

/** What element `before` does to the hooks directory, and what element `other`, which comes later, brings into it. */
const CASES: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ["nothing: dibkit's own step makes environment.d", ":", { "environment.d/10-colour": "export COLOUR=blue\n" }],
  [
    "makes a directory of its own",
    "mkdir -p $TMP_HOOKS_PATH/post-install.d; cp $TMP_HOOKS_PATH/install.d/50-first $TMP_HOOKS_PATH/post-install.d/20-made",
    { "post-install.d/60-other": says("other") },
  ],
  [
    "makes a directory in a directory of its own",
    "mkdir -p $TMP_HOOKS_PATH/lib/deep; echo deep > $TMP_HOOKS_PATH/lib/deep/one",
    {
      "lib/deep/two": "two\n",
      "install.d/60-other": "#!/bin/bash\nls /tmp/in_target.d/lib/deep >> /etc/ran\n",
    },
  ],
  [
    "removes a directory that other elements may have",
    "rm -rf $TMP_HOOKS_PATH/post-install.d",
    { "post-install.d/60-other": says("other") },
  ],
  [
    "removes a directory and makes it again",
    "rm -rf $TMP_HOOKS_PATH/install.d; mkdir $TMP_HOOKS_PATH/install.d; printf '#!/bin/bash\\necho made >> /etc/ran\\n' > $TMP_HOOKS_PATH/install.d/20-made; chmod +x $TMP_HOOKS_PATH/install.d/20-made",
    { "install.d/60-other": says("other") },
  ],
  [
    "renames a directory",
    "mkdir -p $TMP_HOOKS_PATH/kept.d; mv $TMP_HOOKS_PATH/install.d $TMP_HOOKS_PATH/kept.d/; mv $TMP_HOOKS_PATH/kept.d/install.d $TMP_HOOKS_PATH/",
    { "install.d/60-other": says("other") },
  ],
  [
    "writes at the end of a file that another element brings",
    "echo 'echo added >> /etc/ran' >> $TMP_HOOKS_PATH/install.d/70-both; chmod +x $TMP_HOOKS_PATH/install.d/70-both",
    { "install.d/70-both": says("other") },
  ],
  [
    "removes a file that another element brings",
    "rm -f $TMP_HOOKS_PATH/install.d/60-other",
    { "install.d/60-other": says("other") },
  ],
  [
    "puts a file where another element has a directory",
    "[ -d $TMP_HOOKS_PATH/thing ] || echo file > $TMP_HOOKS_PATH/thing",
    { "thing/inside": "x\n", "install.d/60-other": "#!/bin/bash\nls -d /tmp/in_target.d/thing/* >> /etc/ran\n" },
  ],
];

describe.skipIf(!mayBuild)("a layer of the hooks directory, used with another element", { timeout: 240_000 }, () => {
  let project: TinyProject;
  // One store for all cases: what one leaves in it is there for the next, as for people.
  beforeAll(() => {
    project = tinyProject();
    project.element("probe", { "environment.d/05-none": "export COLOUR=${COLOUR:-none}\n", "environment.d/90-x": "" });
  });
  beforeEach(() => {
    for (const name of ["before", "first", "other"]) {
      rmSync(join(project.directory, "elements", name), { recursive: true, force: true });
    }
  });
  afterAll(() => project.remove());

  test.each(CASES)("that %s: the image is as without a store", async (what, does, brings) => {
    // The first case is about a set of elements without environment.d.
    const plain = what.startsWith("nothing");
    project.element("before", { "extra-data.d/20-before": `#!/bin/bash\nset -eu\n${does}\n` });
    project.element("first", { "install.d/50-first": "#!/bin/bash\necho first ${COLOUR:-none} >> /etc/ran\n" });
    project.element("other", brings);
    const names = ["tiny-os", ...(plain ? [] : ["probe"]), "before", "first"];
    const ran = async (elements: readonly string[], noStore: boolean) => {
      const { outcome } = await project.build({ elements, noStore });
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
      return execFileSync("tar", ["xOf", join(project.directory, "out/image.tar"), "./etc/ran"], { encoding: "utf8" });
    };
    await ran(names, false);
    expect(await ran([...names, "other"], false)).toBe(await ran([...names, "other"], true));
  });
});
