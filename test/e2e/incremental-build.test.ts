import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";

/** A small change somebody makes between two builds; `round` makes it differ from the one before. */
const EDITS: Readonly<Record<string, (project: TinyProject, round: number) => void>> = {
  "a byte of a script": (project, round) =>
    project.element("probe", { "install.d/30-write": `#!/bin/bash\necho ${round} > /etc/probe\n` }),
  "a comment": (project, round) =>
    project.element("probe", { "install.d/30-write": `#!/bin/bash\n# ${round}\necho same > /etc/probe\n` }),
  "the mode of a script": (project, round) => {
    project.element("probe", { "install.d/40-optional": "#!/bin/bash\necho there > /etc/optional\n" });
    chmodSync(join(project.directory, "elements/probe/install.d/40-optional"), round % 2 === 0 ? 0o644 : 0o755);
  },
  "an environment default": (project, round) =>
    project.element("probe", { "environment.d/10-probe": `export DIB_PROBE=\${DIB_PROBE:-value ${round}}\n` }),
  "a variable for every program": (project, round) =>
    project.element("probe", { "environment.d/20-other": `export OTHER=${round % 3}\n` }),
  "a helper": (project, round) =>
    project.element("probe", { "bin/probe-helper": `echo helper ${round} says $DIB_PROBE > $1\n` }),
  "data that a script copies": (project, round) => project.element("probe", { "static/etc/data": `data ${round}\n` }),
  "a new script": (project, round) =>
    project.element("probe", {
      [`post-install.d/5${round % 4}-new`]: `#!/bin/bash\necho ${round} > /etc/new-${round % 4}\n`,
    }),
  "a script that goes": (project, round) => {
    const path = `post-install.d/5${round % 4}-new`;
    if (existsSync(join(project.directory, "elements/probe", path))) project.element("probe", { [path]: null });
  },
  "an element that is not in the image": (project, round) =>
    project.element("bystander", { "install.d/50-x": `#!/bin/bash\nexit ${round}\n` }),
  "the order of ELEMENTS_PATH": (_, round) => {
    surroundings.paths = round % 2 === 0 ? ["elements", "others"] : ["others", "elements"];
  },
  "a variable of the caller": (_, round) => {
    surroundings.environment = { DIB_CALLER: `caller ${round}` };
  },
  "a file that a helper reads": (project, round) => project.element("probe", { "data/list": `list ${round}\n` }),
  "the mode of a file": (project, round) =>
    chmodSync(join(project.directory, "elements/probe/static/etc/data"), round % 2 === 0 ? 0o640 : 0o604),
  "a function of environment.d": (project, round) =>
    project.element("probe", {
      "environment.d/30-function.bash": `probe_function() { echo function ${round} $DIB_CALLER; }\nexport -f probe_function\n`,
    }),
  "a program that a script writes": (project, round) =>
    project.element("probe", { "extra-data.d/30-program": writesProgram(round) }),
  "a file of the host": (project, round) => writeFileSync(join(project.directory, ".probe"), `host ${round}\n`),
  "a hook script that another one copies": (project, round) =>
    project.element("probe", { "post-install.d/90-copied": `#!/bin/bash\n# ${round}\n` }),
  "a script on the disk": (project, round) =>
    project.element("probe", { "finalise.d/50-last": `#!/bin/bash\necho ${round} > /etc/last\n` }),
};

/** What surrounds the elements and is edited too. */
const surroundings = { paths: ["elements", "others"], environment: { DIB_CALLER: "caller" } };

/** A program of the image that reads a variable which no script that runs it mentions. */
const writesProgram = (round: number) => `#!/bin/bash
set -eu
printf '#!/bin/bash\\necho program ${round} $DIB_CALLER\\n' > $TMP_MOUNT_PATH/bin/written-program
chmod 755 $TMP_MOUNT_PATH/bin/written-program
`;

/** 4 edits by default; `DIBKIT_EDITS=200` for a long run, `DIBKIT_SEED` for other ones. */
const rounds = Number(process.env.DIBKIT_EDITS ?? 4);
const seed = Number(process.env.DIBKIT_SEED ?? 6);

describe.skipIf(!mayBuild)("an incremental build", { timeout: 3_600_000 + rounds * 60_000 }, () => {
  let project: TinyProject;
  beforeAll(() => {
    project = tinyProject();
    project.element("probe", {
      "environment.d/10-probe": "export DIB_PROBE=${DIB_PROBE:-first}\n",
      "environment.d/30-function.bash": "probe_function() { echo function; }\nexport -f probe_function\n",
      "bin/probe-helper": "echo helper says $DIB_PROBE > $1\ncat /tmp/in_target.d/data/list >> $1\n",
      "data/list": "list\n",
      "static/etc/data": "data\n",
      "extra-data.d/20-static": "#!/bin/bash\nset -eu\ncp -r $TMP_HOOKS_PATH/static/. $TMP_MOUNT_PATH/\n",
      "install.d/20-helper": "#!/bin/bash\nset -eu\n. /tmp/in_target.d/bin/probe-helper /etc/helped\n",
      "install.d/30-write": "#!/bin/bash\necho one > /etc/probe\n",
      "install.d/35-env": "#!/bin/bash\necho ${OTHER:-} > /etc/other\n",
      "root.d/60-host": "#!/bin/bash\nset -eu\ncp ~/.probe $TARGET_ROOT/etc/from-host\n",
      "extra-data.d/30-program": writesProgram(0),
      "install.d/36-indirect": "#!/bin/bash\nname=DIB_CALLER\necho ${!name} > /etc/indirect\n",
      "install.d/37-function": "#!/bin/bash\nprobe_function > /etc/function\n",
      "install.d/38-program": "#!/bin/bash\nwritten-program > /etc/program\n",
      "post-install.d/40-copies": "#!/bin/bash\ncat ${0%/*}/90-copied > /etc/copied\n",
      "post-install.d/90-copied": "#!/bin/bash\n",
    });
  });
  beforeAll(() => {
    writeFileSync(join(project.directory, ".probe"), "host\n");
    for (const path of ["elements", "others"]) {
      project.element("shadow", { "install.d/60-shadow": `#!/bin/bash\necho ${path} > /etc/shadow-of\n` }, path);
    }
  });
  afterAll(() => project.remove());

  test("equals a clean one, file for file, after every edit", async () => {
    const sampled = fc.sample(fc.constantFrom(...Object.keys(EDITS)), { numRuns: rounds, seed });
    // A second edit on the disk begins with the disk that the first has left.
    const edits = ["a script on the disk", "a script on the disk", ...sampled];
    await built(project, "incremental");
    for (const [round, edit] of edits.entries()) {
      EDITS[edit]?.(project, round + 2);
      const incremental = await built(project, "incremental");
      rmSync(join(project.directory, "clean"), { recursive: true, force: true });
      if (rounds > 20) process.stderr.write(`${round} of ${edits.length}: ${edit}\n`);
      expect(incremental, `after edit ${round}: ${edit}`).toEqual(await built(project, "clean"));
    }
  });
});

/** Every file of the image built with one store, with its type, mode, owner and content. */
async function built(project: TinyProject, store: string): Promise<readonly string[]> {
  const { outcome } = await project.build({ store, ...surroundings, elements: ["tiny-os", "probe", "shadow"] });
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
  const tree = join(project.directory, "tree");
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree);
  const script = `set -e; tar -C ${tree} -xf ${project.directory}/out/image.tar; cd ${tree}
find . -printf '%y %m %U:%G %l %p\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum`;
  const listed = await createCommandRunner().run(["bash", "-c", script]);
  return listed.ok ? listed.value.stdout.split("\n") : [];
}
