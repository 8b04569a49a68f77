import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";

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
    context.paths = round % 2 === 0 ? ["elements", "others"] : ["others", "elements"];
  },
  "a variable of the caller": (_, round) => {
    context.environment = { ...context.environment, DIB_CALLER: `caller ${round}` };
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
  "a phase directory that comes or goes": (project, round) => {
    const path = "pre-install.d/50-sometimes";
    const isThere = existsSync(join(project.directory, "elements/sometimes", path));
    project.element("sometimes", { [path]: isThere ? null : `#!/bin/bash\necho ${round} > /etc/sometimes\n` });
    if (isThere) rmSync(join(project.directory, "elements/sometimes/pre-install.d"), { recursive: true });
  },
  "a control file that comes or goes": (project, round) => {
    const isThere = existsSync(join(project.directory, "elements/sometimes/pkg-map"));
    project.element("sometimes", { "pkg-map": isThere ? null : `{"default": {"x": "y${round}"}}\n` });
  },
  "an environment.d that comes or goes": (project, round) => {
    const path = "environment.d/60-sometimes";
    const isThere = existsSync(join(project.directory, "elements/sometimes", path));
    project.element("sometimes", { [path]: isThere ? null : `export SOMETIMES=${round}\n` });
    if (isThere) rmSync(join(project.directory, "elements/sometimes/environment.d"), { recursive: true });
  },
  "an element more or less": () => {
    const { elements } = context;
    context.elements = elements.includes("sometimes")
      ? elements.filter((name) => name !== "sometimes")
      : [...elements, "sometimes"];
  },
  "an element that provides another": () => {
    context.elements = context.elements.map((name) =>
      name === "shadow" ? "instead" : name === "instead" ? "shadow" : name,
    );
  },
  "the elements the other way round": () => {
    context.elements = context.elements.toReversed();
  },
  "packages of the command line": (_, round) => {
    context.packages = round % 3 === 0 ? [] : [`package-${round % 3}`];
  },
  "the formats": (_, round) => {
    context.formats = round % 2 === 0 ? "tar" : "raw,tar";
  },
  "how the disk is made": () => {
    context.disk = context.disk === "loop" ? "files" : "loop";
  },
  "a variable of the caller's that nothing names": (_, round) => {
    context.environment = { ...context.environment, CI_JOB_ID: `${round}` };
  },
};

/** What else a build is given, which is edited too. */
const context = {
  paths: ["elements", "others"],
  environment: { DIB_CALLER: "caller" } as Record<string, string>,
  elements: ["tiny-os", "probe", "shadow"],
  packages: [] as string[],
  formats: "tar",
  disk: "loop" as "loop" | "files",
};

const OBSERVES = `#!/bin/bash
shopt -s globstar dotglob
for path in /tmp/in_target.d/**; do
  if [ -d "$path" ]; then echo "directory $path"; elif [ -x "$path" ]; then echo "program $path"; else echo "file $path"; fi
  if [ -f "$path" ]; then cat "$path"; fi
done > /etc/hooks-seen
for name in $(compgen -e); do
  # Where things are on this machine is no input: what lies there is.
  case $name in _ | ELEMENTS_PATH | IMAGE_ELEMENT_YAML) ;; *) echo "$name=\${!name}" ;; esac
done > /etc/environment-seen
`;

/** A program of the image that reads a variable which no script that runs it mentions. */
const writesProgram = (round: number) => `#!/bin/bash
set -eu
printf '#!/bin/bash\\necho program ${round} $DIB_CALLER\\n' > $TMP_MOUNT_PATH/bin/written-program
chmod 755 $TMP_MOUNT_PATH/bin/written-program
`;

/** 30 edits by default, five of them on the disk; `DIBKIT_EDITS=1000` for a long run, `DIBKIT_SEED` for other ones. */
const rounds = Number(process.env.DIBKIT_EDITS ?? 25);
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
      "root.d/70-installer":
        "#!/bin/bash\nset -eu\nprintf '#!/bin/bash\\necho installs \"$@\" >> /etc/packages\\n' > $TARGET_ROOT/bin/install-packages\nchmod 755 $TARGET_ROOT/bin/install-packages\n",
      // What scripts find in the hooks directory and their environment is part of what has to be the same.
      "post-install.d/99-observes": OBSERVES,
    });
    project.element("instead", {
      "element-provides": "shadow\n",
      "install.d/61-instead": "#!/bin/bash\necho instead > /etc/shadow-of\n",
    });
    project.element("sometimes", {
      "install.d/70-sometimes": "#!/bin/bash\necho ${SOMETIMES:-} > /etc/some-variable\n",
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
    const onDisk = ["a script on the disk", "a script on the disk"];
    const edits = [...onDisk, "how the disk is made", ...onDisk, ...sampled];
    await built(project, "incremental");
    for (const [round, edit] of edits.entries()) {
      EDITS[edit]?.(project, round + 2);
      const incremental = await built(project, "incremental");
      rmSync(join(project.directory, "clean"), { recursive: true, force: true });
      if (rounds > 100) process.stderr.write(`${round} of ${edits.length}: ${edit}\n`);
      expect(incremental, `after edit ${round}: ${edit}`).toEqual(await built(project, "clean"));
    }
  });
});

/** What the plan said of a step, before the build, that the build did not do. */
function broken({ planned, events, steps }: TinyBuild): readonly string[] {
  const reasons = new Map(
    events.flatMap((event) => (event.type === "step-started" ? [[event.id, event.reason] as const] : [])),
  );
  return planned.flatMap((step) => {
    const id = `${step.phase}/${step.script}`;
    // What depends on the result of another step is not known before.
    if (step.key === null || !(id in steps)) return [];
    const said = step.cached ? "cached" : `ran: ${step.reason}`;
    const did = steps[id] === "cached" ? "cached" : `ran: ${reasons.get(id)}`;
    return said === did ? [] : [`${id} was to be ${said}, and ${did}`];
  });
}

/** Every file of the image built with one store, with its type, mode, owner and content. */
async function built(project: TinyProject, store: string): Promise<readonly string[]> {
  const build = await project.build({ store, ...context });
  const { outcome } = build;
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "built" });
  expect(broken(build)).toEqual([]);
  const tree = join(project.directory, "tree");
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree);
  const script = `set -e; tar -C ${tree} -xf ${project.directory}/out/image.tar; cd ${tree}
find . -printf '%y %m %U:%G %l %p\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum`;
  const listed = await createCommandRunner().run(["bash", "-c", script]);
  return listed.ok ? listed.value.stdout.split("\n") : [];
}
