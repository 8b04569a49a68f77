import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blame } from "@dibkit/contents";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newestBuild } from "../../src/layers/build-history.js";
import { layerName, openLayerStore } from "../../src/layers/layer-store.js";
import { verifyStore } from "../../src/layers/verify-store.js";
import { findMoment, openShell, stateAt } from "../../src/run/open-shell.js";
import { mayBuild, type TinyProject, tinyProject, workerIsBuilt } from "../tiny-image.js";

const PHASE_SCRIPT = (phase: string) => `#!/bin/bash
set -eu
echo "${"$"}{0} in ${"$"}PWD as ${"$"}UID says ${"$"}PROBE_VALUE"
probe_function ${phase}
echo "target root: ${"$"}{TARGET_ROOT:-none}"
echo "device: ${"$"}{IMAGE_BLOCK_DEVICE:+set}"
`;

const PHASES = ["root.d", "extra-data.d", "pre-install.d", "install.d", "post-install.d", "post-root.d"];
const ON_DISK = ["pre-finalise.d", "finalise.d", "cleanup.d"];

describe.skipIf(!mayBuild)("a real build", () => {
  let project: TinyProject;
  beforeAll(() => {
    if (!workerIsBuilt) throw new Error('run "npm run build" first: a build runs in a worker of its own');
    project = tinyProject();
    project.element("probe", {
      "environment.d/10-probe.bash":
        'export PROBE_VALUE=${PROBE_VALUE:-"two words"}\nfunction probe_function { echo "function in $1"; }\nexport -f probe_function\n',
      ...Object.fromEntries([...PHASES, ...ON_DISK].map((phase) => [`${phase}/50-probe`, PHASE_SCRIPT(phase)])),
      "install.d/60-write": "#!/bin/bash\necho $PROBE_VALUE > /etc/probe\n(trap '' HUP TERM; sleep 600) &\n",
      "extra-data.d/60-stray":
        "#!/bin/bash\necho lost > /etc/dibkit-stray\nmkdir -p $DIB_IMAGE_CACHE/d\necho kept > $DIB_IMAGE_CACHE/d/file\nsudo mount --bind $DIB_IMAGE_CACHE/d $TMP_MOUNT_PATH/var/cache/downloads\n",
      "install.d/10-see-mount": "#!/bin/bash\ncat /var/cache/downloads/file\n",
    });
  });
  afterAll(() => project.remove());

  test("runs every phase in order, on its side, with the environment of environment.d", async () => {
    const { outcome, events, steps } = await project.build();
    expect(outcome).toEqual({ kind: "built", outputs: [join(project.directory, "out/image.tar")] });
    const order = Object.keys(steps).filter((step) => step.endsWith("50-probe"));
    expect(order).toEqual([...PHASES, ...ON_DISK].map((phase) => `${phase}/50-probe`));
    expect(project.log("install.d/50-probe")).toBe(
      "/tmp/in_target.d/install.d/50-probe in / as 0 says two words\nfunction in install.d\ntarget root: none\ndevice: \n",
    );
    const hooks = "/tmp/dib_build.dibkit/hooks";
    expect(project.log("root.d/50-probe")).toBe(
      `${hooks}/root.d/50-probe in ${project.directory} as 0 says two words\nfunction in root.d\ntarget root: /tmp/dib_build.dibkit/mnt\ndevice: \n`,
    );
    expect(project.log("finalise.d/50-probe")).toContain("device: set\n");
    expect(project.log("cleanup.d/50-probe")).toContain("target root: /tmp/dib_build.dibkit/mnt\n");
    expect(project.log("install.d/10-see-mount")).toBe("kept\n");
    expect(events.filter(({ type }) => type === "stray-write")).toMatchObject([
      { id: "extra-data.d/60-stray", paths: ["/etc/dibkit-stray"] },
    ]);
    expect(existsSync("/etc/dibkit-stray")).toBe(false);
  });

  test("the image has what the scripts wrote and nothing of the build", async () => {
    const tar = join(project.directory, "out/image.tar");
    const listed = await createCommandRunner().run(["tar", "-tf", tar]);
    const names = listed.ok ? listed.value.stdout.split("\n") : [];
    expect(names).toContain("./etc/probe");
    expect(names).toContain("./etc/fstab");
    expect(names.filter((name) => name.includes("in_target.d") || name.includes("downloads/"))).toEqual([
      "./var/cache/downloads/",
    ]);
    const resolver = await createCommandRunner().run(["tar", "-xOf", tar, "./etc/resolv.conf"]);
    expect(resolver.ok && resolver.value.stdout).toBe("nameserver 192.0.2.1\n");
  });

  test("a second build runs nothing again before the disk", async () => {
    const { steps } = await project.build();
    const ran = Object.keys(steps).filter((step) => steps[step] !== "cached");
    expect(ran.filter((step) => PHASES.some((phase) => step.startsWith(phase)))).toEqual([]);
    const planned = (await project.plan()).document.steps.filter(({ cached }) => !cached);
    expect(planned).toEqual([]);
  });

  test("an edited script runs again, and what comes after it, with the reason", async () => {
    project.element("probe", { "install.d/60-write": "#!/bin/bash\necho edited > /etc/probe\n" });
    const { steps, events } = await project.build();
    expect(steps["install.d/50-probe"]).toBe("cached");
    expect(steps["install.d/60-write"]).toBe("ran");
    expect(steps["post-install.d/50-probe"]).toBe("ran");
    const started = events.flatMap((event) => (event.type === "step-started" ? [`${event.id}: ${event.reason}`] : []));
    expect(started).toContain("install.d/60-write: script changed");
    expect(started).toContain("post-install.d/50-probe: image before it changed");
  });

  test("an edit without effect on the image costs one step only", async () => {
    project.element("probe", { "install.d/60-write": "#!/bin/bash\n# a comment\necho edited > /etc/probe\n" });
    const { steps } = await project.build();
    expect(steps["install.d/60-write"]).toBe("ran");
    expect(steps["post-install.d/50-probe"]).toBe("cached");
  });

  test("a changed variable runs only scripts that mention it", async () => {
    const { steps } = await project.build({ environment: { DIB_PROBE_ONLY: "1" } });
    expect(Object.entries(steps).filter(([step, how]) => step.startsWith("install.d") && how !== "cached")).toEqual([]);
  });

  test("an edited script of the disk's phases finds the disk as it was, and runs with those after it", async () => {
    const finalise = (line: string) =>
      project.element("probe", { "finalise.d/60-last": `#!/bin/bash\nset -eu\n${line}\n` });
    finalise("echo one > /etc/one");
    // The same tree for the second time: now the disk is kept, also where a copy costs something, if it was not before.
    const first = (await project.build()).steps;
    expect([first["disk/keep"], first["disk/restore"]]).toContain("ran");
    finalise("echo two > /etc/two");
    const { outcome, steps, events } = await project.build();
    expect(outcome.kind).toBe("built");
    expect(Object.keys(steps).filter((step) => step.startsWith("disk/"))).toEqual(["disk/restore", "disk/unmount"]);
    expect(["pre-finalise.d/50-probe", "finalise.d/60-last", "cleanup.d/50-probe"].map((step) => steps[step])).toEqual([
      "ran",
      "ran",
      "ran",
    ]);
    const started = events.flatMap((event) => (event.type === "step-started" ? [`${event.id}: ${event.reason}`] : []));
    expect(started).toContain("disk/restore: script finalise.d/60-last changed");
    const listed = await createCommandRunner().run(["tar", "-tf", join(project.directory, "out/image.tar")]);
    const names = listed.ok ? listed.value.stdout.split("\n") : [];
    expect(names.filter((name) => /^\.\/etc\/(one|two|probe)$/.test(name)).sort()).toEqual([
      "./etc/probe",
      "./etc/two",
    ]);
    expect(
      await verifyStore(await openLayerStore(join(project.directory, "store")), createCommandRunner(), false),
    ).toEqual([]);
  });

  test("a disk whose copy is damaged is made anew, and an image keeps its newest disk only", async () => {
    const store = await openLayerStore(join(project.directory, "store"));
    const disks = async () => (await store.all()).filter(({ kind }) => kind === "disk");
    const [kept, ...others] = await disks();
    expect(others).toEqual([]);
    writeFileSync(join(store.layers, layerName(kept?.key ?? ""), "disk/image0.raw"), "nothing");
    project.element("probe", { "finalise.d/60-last": "#!/bin/bash\necho three > /etc/three\n" });
    const { outcome, events, steps } = await project.build();
    expect(outcome.kind).toBe("built");
    expect(steps["disk/copy"]).toBe("ran");
    expect(await verifyStore(store, createCommandRunner(), false)).toEqual([]);
    expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toEqual([
      expect.stringMatching(/^the disk is made anew, because its copy could not be opened: block-device node /),
    ]);
    project.element("probe", {
      "finalise.d/60-last": null,
      "install.d/65-more": "#!/bin/bash\necho more > /etc/more\n",
    });
    await project.build();
    project.element("probe", { "finalise.d/60-last": "#!/bin/bash\necho four > /etc/four\n" });
    await project.build();
    expect((await disks()).map(({ key }) => key === kept?.key)).toEqual([false]);
    project.element("probe", { "finalise.d/60-last": null });
    project.element("probe", { "install.d/65-more": null });
  });

  test("a failing script is named with its element, exit code, last lines and log", async () => {
    project.element("probe", { "install.d/70-fails": "#!/bin/bash\necho before\necho why >&2\nexit 22\n" });
    const { outcome } = await project.build();
    expect(outcome).toMatchObject({
      kind: "script-failed",
      message: 'hook script install.d/70-fails of element "probe" failed with exit code 22',
      exitCode: 22,
      tail: ["before", "why"],
    });
    expect(outcome.kind === "script-failed" && readFileSync(outcome.log, "utf8")).toBe("before\nwhy\n");
    expect(statSync(join(project.directory, "out/image.tar")).size).toBeGreaterThan(0);
  });

  test("a shell opens just before the failed script, with its environment", async () => {
    const store = await openLayerStore(join(project.directory, "store"));
    const past = await newestBuild(store, undefined);
    const moment = past && findMoment(past, undefined, "before");
    if (past === undefined || moment === undefined || !moment.ok) throw new Error("no moment");
    expect(moment.value.step.label.script).toBe("70-fails");
    const state = await stateAt(store, moment.value);
    const lines: string[] = [];
    const code = await openShell(store, past, moment.value, state ?? past.record.steps[0]!.before, {
      command: ["bash", "-c", "cat /etc/probe; echo $PROBE_VALUE; probe_function shell; ls /tmp/in_target.d/install.d"],
      interactive: false,
      terminalType: "dumb",
      onOutput: (line) => lines.push(line),
    });
    expect(code).toBe(0);
    expect(lines).toEqual([
      "edited",
      "two words",
      "function in shell",
      "10-see-mount",
      "50-probe",
      "60-write",
      "70-fails",
    ]);
  });

  test("blame names the scripts that wrote a file", async () => {
    const store = await openLayerStore(join(project.directory, "store"));
    const past = await newestBuild(store, join(project.directory, "out/image.tar"));
    const history = past ? await blame(store, past.record, "/etc/resolv.conf") : [];
    expect(history.map(({ label, change }) => `${change} by ${label.phase}/${label.script}`)).toEqual([
      "created by root.d/10-tiny",
      "changed by dibkit/prepare-root",
    ]);
  });

  test("an interrupted build leaves nothing and goes on from where it was", async () => {
    project.element("probe", { "install.d/70-fails": "#!/bin/bash\nsleep 600\n" });
    const controller = new AbortController();
    const { outcome } = await project.build({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "step-started" && event.id === "install.d/70-fails")
          setTimeout(() => controller.abort(), 300);
      },
    });
    expect(outcome).toEqual({ kind: "interrupted" });
    expect(await leftovers(project.directory)).toEqual([]);
    project.element("probe", { "install.d/70-fails": null });
    expect((await project.build()).outcome.kind).toBe("built");
    expect(await leftovers(project.directory)).toEqual([]);
  });
});

/** Mounts, processes and loop devices that name the directory, and big things of builds that are over. */
async function leftovers(directory: string): Promise<readonly string[]> {
  const found = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .filter((line) => line.includes(directory));
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (command.includes(directory)) found.push(command);
    } catch {}
  }
  const loops = await createCommandRunner().run(["losetup", "--list", "--noheadings", "--output", "BACK-FILE"]);
  if (loops.ok) found.push(...loops.value.stdout.split("\n").filter((line) => line.includes(directory)));
  for (const id of readdirSync(join(directory, "store/builds"))) {
    for (const name of ["image", "staging", "host", "view"]) {
      if (existsSync(join(directory, "store/builds", id, name))) found.push(`${id}/${name}`);
    }
  }
  return found;
}
