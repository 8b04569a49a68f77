import { expect, test } from "vitest";
import { ARCHITECTURES, PHASES } from "../../src/index.js";
import { exportedFunctions, inTheEditor, undocumentedFields } from "./editor.js";

const HEAD = `import * as all from "../../src/index.js";
import { bash, defineConfig, defineElement, defineImage, defineMatrix, elementRef, envDefault, envSecret, environmentScript, fromFile, install, script, testElement } from "../../src/index.js";
const os = elementRef("os", { environment: { OS_RELEASE: envDefault("12") } });
`;

/**
 * Every field that an author writes, in each function that takes it. Names of distributions and architectures
 * are keys, as those of packages are.
 */
const MODULE = `${HEAD}
elementRef("x", { «^»summary: "x", «^»provides: [], «^»environment: {}, «^»inherits: [], «^»reads: {}, «^»phases: [] });
const specification = defineElement("web", {
  «^»summary: "x",
  «^»description: "x",
  «^»deps: [os],
  «^»provides: ["x"],
  «^»environment: { PORT: envDefault(80, "x", { «^»phases: [], «^»file: "x" }), KEY: envSecret("x", { «^»required: true }) },
  «^»packages: {
    nginx: { «^»phase: "install.d", «^»uninstall: true, «^»buildOnly: true, «^»installType: "x", «^»arch: "amd64", «^»dibPythonVersion: 3, «^»when: "PORT=80" },
    list: [{ «^»notArch: "amd64" }],
  },
  «^»pkgMap: { «^»release: { debian: { x: { a: "b" } } }, «^»distro: { debian: { a: "b" } }, «^»family: { redhat: { a: "b" } }, «^»default: { a: "b" } },
  «^»svcMap: { web: { «^»default: "x", debian: "x", redhat: "x" } },
  «^»sourceRepositories: { web: { «^»name: "x", «^»type: "git", «^»destination: "/x", «^»location: "x", «^»ref: "x" } },
  «^»blockDevices: {
    «^»default: [
      { «^»local_loop: { «^»name: "x", «^»size: "1GiB", «^»mkfs: { «^»type: "ext4", «^»mount: { «^»mount_point: "/", «^»fstab: { «^»options: "x" } } } } },
      { «^»partitioning: { «^»base: "x", «^»label: "gpt", «^»partitions: [{ «^»name: "x", «^»size: "1%" }] } },
    ],
    amd64: [{ «^»mount: { «^»mount_point: "/" } }],
  },
  «^»scripts: [install(50, "x", bash\`x\`, { «^»inputs: ["ARCH"], «^»executable: true }), environmentScript(10, "x", bash\`x\`, { «^»exports: ["YUM"] })],
  «^»static: { "etc/x": "x", "etc/y": { «^»content: "x", «^»mode: 0o600 } },
  «^»bin: {},
  «^»initScripts: { «^»systemd: { "x.service": { «^»content: "x", «^»mode: 0o644 } }, «^»upstart: {}, «^»openrc: {}, «^»sysv: {} },
  «^»installTypes: { source: [] },
  «^»testElements: { x: testElement({ «^»deps: [os], «^»packages: { a: { «^»arch: "amd64" } } }) },
  «^»files: {},
  «^»layout: {},
});
const file: all.FileWithMode = { «^»content: "x", «^»mode: 0o600 };
defineElement("other", { «^»readme: fromFile("x") });
defineImage({
  «^»name: "x", «^»elements: [os], «^»arch: "amd64", «^»formats: [], «^»size: 1, «^»extraSize: 1, «^»environment: {}, «^»blockDevice: [
      { «^»local_loop: { «^»name: "x", «^»size: "1GiB", «^»directory: "x", «^»block_size: 512, «^»mkfs: { «^»type: "ext4" }, «^»partitioning: { «^»label: "gpt", «^»partitions: [] } } },
      { «^»partitioning: { «^»name: "x", «^»base: "x", «^»label: "gpt", «^»align: 1, «^»partitions: [{ «^»name: "x", «^»size: "1%", «^»type: "x", «^»flags: [], «^»mkfs: {} }] } },
      { «^»lvm: { «^»name: "x", «^»base: [], «^»pvs: [], «^»vgs: [], «^»lvs: [{ «^»name: "x", «^»base: "x", «^»size: 1, «^»extents: "x", «^»options: [], «^»type: "thin", «^»"thin-pool": "x" }] } },
      { «^»mkfs: { «^»name: "x", «^»base: "x", «^»type: "x", «^»label: "x", «^»opts: "x", «^»uuid: "x", «^»mount: { «^»name: "x", «^»base: "x", «^»mount_point: "/", «^»fstab: { «^»name: "x", «^»base: "x", «^»options: "x", «^»"dump-freq": 0, «^»"fsck-passno": 1 } } } },
      { «^»mount: { «^»mount_point: "/" } },
      { «^»fstab: { «^»options: "x" } },
], «^»packages: [], «^»base: true,
  «^»installType: "source", «^»rootLabel: "x", «^»mkfsOptions: "x", «^»qemuImgOptions: {}, «^»checksum: true, «^»compress: true, «^»dockerTarget: "x",
});
defineMatrix({
  «^»name: "x", «^»axes: { release: ["12"] }, «^»exclude: [], «^»include: [], «^»image: () => ({ «^»name: "x", «^»elements: [os], «^»size: 1 }), «^»publish: () => undefined,
  «^»jobs: { «^»prepare: [], «^»dibkit: "x", «^»container: "x", «^»runsOn: "x", «^»retries: 1, «^»minutes: 1, «^»cpus: 1, «^»memory: 1, «^»disk: 1 },
});
defineConfig({
  «^»elements: [], «^»elementsPath: [], «^»plugins: [], «^»presets: [], «^»rules: {}, «^»images: [], «^»matrices: [], «^»targets: [{ «^»distro: "x", «^»release: "x", «^»arch: "amd64" }], «^»variables: [],
  «^»secrets: [], «^»passEnvironment: [], «^»cacheFrom: [], «^»cacheTo: "x", «^»cacheSign: "x", «^»cacheSecretKey: "x", «^»cacheTrust: [],
});
`;

test("every field of a definition is documented where it is written", () => {
  const { hovers } = inTheEditor(MODULE);
  expect(hovers.length).toBeGreaterThan(150);
  expect(
    hovers.flatMap(({ word, documentation }, index) => (documentation === "" ? [`${index}: ${word}`] : [])),
  ).toEqual([]);
});

test("every function of the authoring API is documented", () => {
  const functions = ["../../src/index.js", "../../src/testing/index.js"].flatMap(exportedFunctions);
  expect(functions.length).toBeGreaterThan(100);
  expect(functions.flatMap(({ word, documentation }) => (documentation === "" ? [word] : []))).toEqual([]);
});

test.each(["../../src/testing/index.js", "../../../testing/src/index.js"])(
  "every field that tests read or write is documented: %s",
  (specifier) => {
    expect(undocumentedFields(specifier)).toEqual([]);
  },
);

test("every assertion about an image is documented", () => {
  const functions = exportedFunctions("../../../testing/src/index.js");
  expect(functions.length).toBeGreaterThan(8);
  expect(functions.flatMap(({ word, documentation }) => (documentation === "" ? [word] : []))).toEqual([]);
});

/** What is offered at a mark: exactly these, or at least these. */
test.each<readonly [what: string, line: string, offered: readonly string[], only: boolean]>([
  ["fields of an element", 'defineElement("x", { «|» })', ["summary", "deps", "packages", "layout"], false],
  [
    "fields of an element that has a summary",
    'defineElement("x", { summary: "x", «|» })',
    ["scripts", "static"],
    false,
  ],
  [
    "fields of a package",
    'defineElement("x", { summary: "x", packages: { a: { «|» } } })',
    ["arch", "buildOnly", "dibPythonVersion", "installType", "notArch", "phase", "uninstall", "when"],
    true,
  ],
  [
    "phases of packages",
    'defineElement("x", { summary: "x", packages: { a: { phase: "«|»" } } })',
    ["install.d", "pre-install.d", "post-install.d"],
    true,
  ],
  ["architectures", 'defineElement("x", { summary: "x", packages: { a: { arch: "«|»" } } })', ARCHITECTURES, true],
  [
    "architectures, begun",
    'defineElement("x", { summary: "x", packages: { a: { arch: "am«|»" } } })',
    ARCHITECTURES,
    true,
  ],
  ["phases", 'script("«|»", 50, "x", bash`x`)', PHASES.map(({ name }) => name), true],
  ["phases, begun", 'script("inst«|»", 50, "x", bash`x`)', PHASES.map(({ name }) => name), true],
  [
    "variables of a condition",
    'defineElement("x", { summary: "x", deps: [os], environment: { PORT: envDefault(1) }, packages: { a: { when: "«|»" } } })',
    ["PORT=", "OS_RELEASE=", "ARCH="],
    false,
  ],
  ["variables of an element", "os.environment.«|»", ["OS_RELEASE"], true],
  ["architectures of an image", 'defineImage({ name: "x", elements: [], arch: "«|»" })', ARCHITECTURES, true],
  ["presets", 'defineConfig({ presets: ["«|»"] })', ["recommended", "upstream", "all"], true],
])("%s are offered", (_, line, offered, only) => {
  const [names = []] = inTheEditor(`${HEAD}${line};\n`).offers;
  if (only) expect([...names].sort()).toEqual([...offered].sort());
  else expect(names).toEqual(expect.arrayContaining([...offered]));
});
