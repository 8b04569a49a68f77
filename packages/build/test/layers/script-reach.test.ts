import { join } from "node:path";
import { loadElement, upstreamInstallation } from "@dibkit/model";
import { describe, expect, test } from "vitest";
import { reachOf } from "../../src/layers/script-reach.js";
import { helperFiles } from "../../src/plan/helper-files.js";
import { mergeHooks } from "../../src/plan/hooks-tree.js";

const helpers = [
  { id: "a/bin/install-packages", name: "install-packages", text: "apt-get install $DIB_APT_EXTRA", hash: "1" },
  { id: "a/bin/map", name: "map", text: "python3 $(dirname $0)/map.py", hash: "2" },
  { id: "b/pkg-map", name: "pkg-map", text: "{}", hash: "3" },
];

test.each([
  ["a script that names nothing reaches nothing", "echo hello > /etc/motd", []],
  ["a helper it calls is reached", "install-packages nginx", ["a/bin/install-packages"]],
  [
    "a helper that finds its own directory reaches everything",
    "map nginx",
    ["a/bin/install-packages", "a/bin/map", "b/pkg-map"],
  ],
  [
    "so does a script that reads the hooks directory",
    "ls $TMP_HOOKS_PATH",
    ["a/bin/install-packages", "a/bin/map", "b/pkg-map"],
  ],
  ["and a program that cannot be read", undefined, ["a/bin/install-packages", "a/bin/map", "b/pkg-map"]],
])("%s", (_, script, expected) => {
  expect(Object.keys(reachOf(script, helpers).files).sort()).toEqual(expected);
});

test.each([
  ["echo $DIB_RELEASE", "DIB_RELEASE", true],
  ["echo $DIB_RELEASE", "DIB_RELEASE_NAME", false],
  ["eval ref=\\$DIB_REPOREF_$name", "DIB_REPOREF_nova", true],
  ["env | grep ^DIB_", "DIB_ANYTHING", true],
  ['env -0 > "$to/environment"', "DIB_ANYTHING", true],
  ["sudo env A=1 true", "DIB_ANYTHING", false],
  ["echo ${!name}", "DIB_ANYTHING", true],
  ["os.environ.get('DIB_KNOWN')", "DIB_ANYTHING", false],
  ["for name in sorted(os.environ):", "DIB_ANYTHING", true],
  ["subprocess.run(c, env=dict(os.environ))", "DIB_ANYTHING", true],
  ["install-packages x", "DIB_APT_EXTRA", true],
])("%s mentions %s: %s", (script, variable, expected) => {
  expect(reachOf(script, helpers).mentions(variable)).toBe(expected);
});

const upstream = upstreamInstallation(process.env);

describe.skipIf(upstream === undefined)("upstream's scripts", () => {
  const elements = ["debootstrap", "dpkg", "package-installs", "pkg-map", "install-bin"].map((name) => {
    const element = loadElement(join(upstream?.elements ?? "", name));
    if (!element.ok) throw new Error(name);
    return element.value;
  });
  const tree = mergeHooks(elements);
  const reach = (path: string) => {
    const file = tree.entries.get(path)?.file;
    return reachOf(file?.kind === "file" ? Buffer.from(file.bytes).toString() : undefined, helperFiles(tree));
  };

  test("debootstrap does not depend on the package lists of elements", () => {
    expect(Object.keys(reach("root.d/08-debootstrap").files)).not.toContain("debootstrap/package-installs.yaml");
    expect(reach("root.d/08-debootstrap").mentions("DIB_RELEASE")).toBe(true);
    expect(reach("root.d/08-debootstrap").mentions("DIB_APT_LOCAL_CACHE")).toBe(false);
  });

  test("the script that merges the package lists depends on them", () => {
    const { files } = reach("extra-data.d/99-squash-package-install");
    expect(Object.keys(files)).toContain("debootstrap/package-installs.yaml");
    expect(Object.keys(files)).not.toContain("debootstrap/install.d/10-debian-networking");
  });
});
