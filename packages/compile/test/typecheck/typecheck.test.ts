import { join } from "node:path";
import { positionAt } from "@dibkit/model";
import { expect, test } from "vitest";
import { typecheck } from "../../src/typecheck/typecheck.js";
import { project } from "../project.js";

const UNDEFINED = "this may be undefined, and a script has no word for that: give a value, or ?? and another one";

const FIELDS =
  "summary, description, deps, provides, environment, packages, pkgMap, svcMap, sourceRepositories, blockDevices, scripts, static, bin, initScripts, installTypes, testElements, readme, files or layout";

/** Every mistake the compiler must refuse, and exactly what the author is told. */
const MISTAKES: readonly (readonly [line: string, said: string])[] = [
  [
    'script("instal.d", 50, "x", bash`x`)',
    "instal.d is not a phase: use root.d, extra-data.d, pre-install.d, install.d, post-install.d, post-root.d, block-device.d, pre-finalise.d, finalise.d or cleanup.d",
  ],
  ['script("install", 50, "x", bash`x`)', "install is not a phase: write install.d"],
  ['install(100, "x", bash`x`)', "priority 100 is outside 0 to 99"],
  ['install(-1, "x", bash`x`)', "priority -1 is outside 0 to 99"],
  ['install(1.5, "x", bash`x`)', "priority 1.5 is outside 0 to 99"],
  ['install(50, "x.sh", bash`x`)', "run-parts silently skips x.sh: name it x, scripts have no suffix"],
  ['install(50, "a+b", bash`x`)', "run-parts silently skips a+b because of +: use letters, digits, - and _"],
  [
    'defineElement("d", { summary: "x", packages: { nginx: { arch: "amd64", notArch: "arm64" } } })',
    "a package has arch or notArch, not both",
  ],
  [
    'defineElement("e", { summary: "x", packages: { nginx: { when: "ACME_PRT=1" } } })',
    "no element in view sets ACME_PRT: declare it in environment, or depend on the element that does",
  ],
  [
    'defineElement("e", { summary: "x", packages: { nginx: [{ when: "NOPE!=1" }] } })',
    "no element in view sets NOPE: declare it in environment, or depend on the element that does",
  ],
  [
    'defineElement("e", { summary: "x", packages: { nginx: { when: "ARCH = amd64" } } })',
    "a condition is VARIABLE=value or VARIABLE!=value, without spaces around the operator",
  ],
  [
    'defineElement("f", { summary: "x", deps: ["vm"] })',
    'vm is a string, not an element: use its definition, its binding, or elementRef("vm")',
  ],
  [
    'defineElement("f", { summary: "x", deps: [5] })',
    "this is not an element: use a definition, a binding, or elementRef(name)",
  ],
  [
    'install(50, "x", bash`x`, { inputs: ["ARCH", "TARGET_ROOT"] })',
    "TARGET_ROOT is a path of the build host, and install.d scripts run inside the image",
  ],
  [
    'finalise(50, "x", bash`x`, { inputs: ["TMP_MOUNT_PATH"] })',
    "TMP_MOUNT_PATH is a path of the build host, and finalise.d scripts run inside the image",
  ],
  ['defineElement("h", { summary: "x", package: { nginx: {} } })', `an element has no field package: use ${FIELDS}`],
  ['defineElement("i", { deps: [] })', "an element needs a summary: one line that says what an image gains by it"],
  ['defineElement("i", { summary: "x", deps: elementRef("vm") })', "this is a list of elements: put [ ] around it"],
  [
    'defineElement("i", { summary: "x", packages: ["nginx"] })',
    "packages is an object of names, such as { nginx: {} }",
  ],
  [
    'defineElement("i", { summary: "x", packages: { nginx: true } })',
    "a package has an object of conditions, which may be empty: {}",
  ],
  [
    'defineElement("i", { summary: "x", packages: { nginx: { whn: "A=1" } } })',
    "a package has no field whn: use phase, uninstall, buildOnly, installType, arch, notArch, dibPythonVersion or when",
  ],
  [
    'defineElement("i", { summary: "x", packages: { nginx: { arch: "amd46" } } })',
    "amd46 is not an architecture: use amd64, x86_64, i386, arm64, aarch64, armhf, powerpc, ppc64, ppc64le, ppc64el, s390x or riscv64",
  ],
  [
    'defineElement("i", { summary: "x", packages: { nginx: { when: "ACME" } } })',
    "ACME is not a condition: write ACME=value or ACME!=value",
  ],
  [
    'defineElement("i", { summary: "x", scripts: [bash`x`] })',
    "a script is made by the helper of its phase, such as install(50, name, body)",
  ],
  ['defineElement("i", { summary: "x", scripts: install(5, "x", bash`x`) })', "scripts is a list: put [ ] around it"],
  [
    'defineElement("i", { summary: "x", svcMap: { nginx: { debain: "x" } } })',
    'there is no field "debain" here: did you mean "debian"?',
  ],
  [
    'defineElement("i", { summary: "x", blockDevices: { default: [{ local_loop: { nam: "x" } }] } })',
    'there is no field "nam" here: did you mean "name"?',
  ],
  [
    'defineImage({ name: "i", elements: ["vm"] })',
    'vm is a string, not an element: use its definition, its binding, or elementRef("vm")',
  ],
  ['defineImage({ name: "i", elements: [], sizes: 5 })', 'there is no field "sizes" here: did you mean "size"?'],
  ['defineConfig({ presets: ["recomended"] })', '"recomended" is not possible here: did you mean "recommended"?'],
  ['defineConfig({ elements: "src" })', "this is a text, and has to be a list: put [ ] around it"],
  ['defineElement("j", { summary: 5 })', "this is a number, and has to be a text"],
  ['defineElement("j")', "this takes 2 values in its parentheses, and has 1"],
  ['install("50", "x", bash`x`)', "this is a text, and has to be a number"],
  [
    'defineElement("j", { summary: "x", installTypes: { source: install(5, "x", bash`x`) } })',
    "this has to be a list: put [ ] around it",
  ],
  [
    'defineElement("j", { summary: "x", sourceRepositories: { y: { type: "svn", destination: "/y", location: "z" } } })',
    '"svn" is not possible here: use "file", "git", "package" or "tar"',
  ],
  [
    'defineElement("j", { summary: "x", environment: { PORT: envDefault(process.env.PORT) } })',
    "this may be undefined: give a value, or ?? and another one",
  ],
  ["defineImage({ elements: [] })", 'the field "name" is missing here'],
  [
    'defineImage({ name: "j", elements: [], formats: ["qcow3"] })',
    '"qcow3" is not possible here: did you mean "qcow2"?',
  ],
  [
    'defineImage({ name: "j", elements: [], environment: { X: true } })',
    "this is true or false, and has to be a text or a number",
  ],
  ['defineConfig({ rules: { "deps-knwon": "off" } })', 'there is no field "deps-knwon" here'],
  [
    'defineElement("i", { summary: "x", packages: { nginx: { phase: "instal.d" } } })',
    "packages are not installed in instal.d: use pre-install.d, install.d or post-install.d",
  ],
  [
    'defineElement("i", { summary: "x", packages: { nginx: { phase: "root.d" } } })',
    "packages are not installed in root.d: use pre-install.d, install.d or post-install.d",
  ],
  ["bash`${undefined}`", UNDEFINED],
  ["bash`${process.env.HOME}`", UNDEFINED],
  [
    "bash`${{ a: 1 }}`",
    "bash takes texts, numbers, lists of these, variable(name), raw(text) and other bash templates",
  ],
  [
    'defineElement("i", { summary: "x", environment: { PORT: 80 } })',
    "a variable is declared by a function: write envDefault(…), envFixed(…), envRequired(…) or envSecret(…)",
  ],
  [
    'defineElement("i", { summary: "x", static: fromFile("x") })',
    'static is a tree of files, not one: use fromDirectory(path), or { "name/of/the/file": fromFile(path) }',
  ],
  ['defineElement("i", { sumary: "x" })', 'there is no field "sumary" here: did you mean "summary"?'],
  ['defineElement("i", { summary: "x", sumary: "x" })', `an element has no field sumary: use ${FIELDS}`],
  [
    'testElement({ packages: { nginx: { when: "ACME=1" } } })',
    "no element in view sets ACME: declare it in environment, or depend on the element that does",
  ],
];

const HEAD = `import { bash, defineConfig, defineElement, defineImage, elementRef, envDefault, envComputed, environmentScript, finalise, fromFile, install, root, script, testElement } from "@dibkit/model";
import { port } from "./port.js";
export const used = [bash, defineConfig, defineElement, defineImage, elementRef, envDefault, envComputed, environmentScript, finalise, fromFile, install, root, script, testElement, port];
`;

const RIGHT = `
const os = elementRef("os", { environment: { OS_RELEASE: envDefault("12"), OS_X: envComputed() }, inherits: ["OS_Y"] });
const web = defineElement("web", {
  summary: "x",
  deps: [os, ...[elementRef("vm"), elementRef("base")]],
  environment: { PORT: envDefault(port) },
  packages: { a: { when: ["PORT=80", "OS_X!=1", "OS_Y=", "DISTRO_NAME=debian"] }, b: [{ arch: "amd64" }, { notArch: ["arm64"], when: "YUM=dnf" }] },
  scripts: [
    root(10, "a", bash\`x\`, { inputs: ["TARGET_ROOT"] }),
    environmentScript(10, "b.bash", bash\`export YUM=dnf\`, { exports: ["YUM"] }),
  ],
});
export const settings = defineConfig({ presets: ["all"], rules: { "deps-known": "off", "shellcheck/SC2086": "info" } });
export const over = defineElement("over", { summary: "x", deps: [web], packages: { c: { when: "PORT=1" }, d: { when: "OS_RELEASE=12" } } });
export const made = (name: string, priority: number) => defineElement(name, { summary: name, scripts: [install(priority, name, bash\`x\`)] });
`;

test("refuses each mistake with a sentence, and nothing that is right", async () => {
  const directory = project({
    "package.json": '{ "type": "module" }',
    "port.ts": "export const port: number = 80;\n",
    "wrong.ts": HEAD + MISTAKES.map(([line]) => `${line};\n`).join(""),
    "right.ts": HEAD + RIGHT,
  });
  const found = await typecheck([join(directory, "wrong.ts"), join(directory, "right.ts")]);
  const said = found.map(({ location, message }) => {
    const { line } = positionAt(location!.source, location!.start);
    return [location!.source.path.slice(directory.length + 1), line, message];
  });
  const head = HEAD.split("\n").length;
  expect(said).toEqual(MISTAKES.map(([, message], index) => ["wrong.ts", head + index, message]));
  expect(found.every(({ code }) => /^typescript\/TS\d+$/.test(code))).toBe(true);
});
