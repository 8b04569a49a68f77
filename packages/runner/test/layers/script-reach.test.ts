import { join } from "node:path";
import { loadElement, upstreamInstallation } from "@dibkit/model";
import { initShell } from "@dibkit/shell";
import { beforeAll, describe, expect, test } from "vitest";
import { type HelperFile, reachOf } from "../../src/layers/script-reach.js";
import { helperFiles } from "../../src/plan/helper-files.js";
import { mergeHooks } from "../../src/plan/hooks-tree.js";

beforeAll(() => initShell());

const file = (id: string, text: string | undefined, more: Partial<HelperFile> = {}): HelperFile => {
  const path = id.slice(id.indexOf("/") + 1);
  const runs = /\/(bin|install\.d)\//.test(`/${path}`) || (text?.startsWith("#!") ?? false);
  const base = { id, path, name: path.slice(path.lastIndexOf("/") + 1), hash: id, ...(runs ? { runs } : {}), ...more };
  return text === undefined ? base : { ...base, text };
};

const helpers: readonly HelperFile[] = [
  file("a/bin/install-packages", "#!/bin/bash\napt-get install $DIB_APT_EXTRA"),
  file("a/bin/map", "#!/bin/bash\npython3 $(dirname $0)/map.py"),
  file("a/bin/compiled", undefined),
  file("a/bin/py", "#!/usr/bin/python3\nimport os\nprint(os.environ[os.sys.argv[1]])"),
  file("b/pkg-map", "{}"),
  file("b/lib/settings.sh", "echo $DIB_FROM_LIBRARY"),
  file("b/install.d/10-writer", "cat > /usr/local/bin/written <<'E'\necho $DIB_FROM_WRITTEN\nE", {
    aside: true,
    runs: true,
  }),
  file("b/environment.d/10-x", "export DIB_X=1", { aside: true }),
  file("b/README.rst", "words", { aside: true }),
];
const HELPERS = helpers.filter(({ aside }) => !aside).map(({ id }) => id);
const ALL = helpers.map(({ id }) => id);

test.each([
  ["a script that names nothing reaches nothing", "echo hello > /etc/motd", []],
  ["a helper it calls is reached", "install-packages nginx", ["a/bin/install-packages"]],
  ["also by a computed path", '"$TMP_HOOKS_PATH"/bin/install-packages x', ["a/bin/install-packages", ...inBin()]],
  ["a helper that finds its own directory reaches everything", "map nginx", ALL],
  ["so does a script that lists the hooks directory", "ls $TMP_HOOKS_PATH", ALL],
  ["or goes through it", "for f in /tmp/in_target.d/*; do cat $f; done", ALL],
  ["or hands it on", "tar -C /tmp/in_target.d -c .", ALL],
  ["or takes a computed part of it", "cat /tmp/in_target.d/$x", ALL],
  ["a known part of it is that part", "cp -r /tmp/in_target.d/lib/. /etc", ["b/lib/settings.sh"]],
  ["also when it holds scripts", "cat /tmp/in_target.d/install.d/10-writer", ["b/install.d/10-writer"]],
  ["or environment files", ". $TMP_HOOKS_PATH/environment.d/10-x", ["b/environment.d/10-x", ...HELPERS]],
  ["a directory beside the script", "cp $(dirname $0)/../lib/settings.sh /etc", ["b/lib/settings.sh"]],
  ["its own directory", 'cat "$(dirname "$0")"/10-writer', ALL],
  ["itself", "cp $0 /root", ALL],
  ["directories of elements", 'd=$(get_image_element_array); cat "$d/pkg-map"', HELPERS],
  ["all of an element", "eval declare -A e=($(get_image_element_array)); cp -r ${e[a]} /x", ALL],
  ["its name in a usage message", 'echo "usage: $(basename "$0")"\necho "$0 x"', []],
  ["a program that cannot be read", undefined, ALL],
  ["a compiled helper", "compiled x", HELPERS],
  ["a program nobody knows", "acme-frobnicate x", HELPERS],
])("%s", (_, script, expected) => {
  expect(Object.keys(reachOf(script, helpers).files).sort()).toEqual([...new Set(expected)].sort());
});

function inBin(): readonly string[] {
  return ["a/bin/install-packages", "a/bin/map", "a/bin/compiled", "a/bin/py"];
}

const functions = new Map([["exported", "() { echo $DIB_FROM_FUNCTION\n}"]]);

test.each([
  ["echo $DIB_RELEASE", "DIB_RELEASE", true],
  ["echo $DIB_RELEASE", "DIB_RELEASE_NAME", false],
  ["echo $DIB_REPOREF_$name", "DIB_REPOREF_nova", true],
  ["install-packages x", "DIB_APT_EXTRA", true],
  ["exported", "DIB_FROM_FUNCTION", true],
  ["source /tmp/in_target.d/lib/settings.sh", "DIB_FROM_LIBRARY", true],
  ["written now", "DIB_FROM_WRITTEN", true],
  ["sh -c 'echo $DIB_INNER'", "DIB_INNER", true],
  ["sh -c 'echo $DIB_INNER'", "DIB_ANYTHING", false],
  ["find /etc -name x -exec chmod 600 {} \\;", "DIB_ANYTHING", false],
  ["sudo env A=1 true", "DIB_ANYTHING", false],
  ["set -eu; set -o pipefail; declare -A m=([a]=b); export B=1", "DIB_ANYTHING", false],
  ["# env | sort\n# eval\necho 'export'", "DIB_ANYTHING", false],
  ["tool='sudo apt-get'; $tool update", "DIB_ANYTHING", false],
  ["grep -v $x /etc/hosts; command -v $x", "DIB_ANYTHING", false],
  ["declare -A m=([a]=b); echo ${!m[@]} ${!m[*]}", "DIB_ANYTHING", false],
  ["#!/usr/bin/python3\nos.environ.get('DIB_KNOWN')", "DIB_ANYTHING", false],
  ["#!/usr/bin/python3\nif 'DIB_KNOWN' in os.environ: pass", "DIB_ANYTHING", false],
  ["#!/usr/bin/python3\nsubprocess.check_call(['install-packages', 'x'])", "DIB_ANYTHING", false],
])("%s reads %s: %s", (script, variable, expected) => {
  expect(reachOf(script, helpers, functions).mentions(variable)).toBe(expected);
});

test.each([
  "echo ${!name}",
  "echo ${!names[0]}",
  "echo ${!DIB_*}",
  'eval "value=\\$$name"',
  "printenv $name",
  "compgen -e",
  "envsubst < /etc/template",
  "env",
  "env | grep ^DIB_",
  'env -0 > "$to/environment"',
  "/usr/bin/env 2>/dev/null",
  "x=$(sudo env)",
  "set | sort",
  "(set)",
  "export",
  "export -p",
  "declare -p",
  "declare -px | sort",
  "typeset -x",
  "declare -n ref=$name; echo $ref",
  "[[ -v $name ]] && echo set",
  "tr '\\0' '\\n' < /proc/self/environ",
  "cat /proc/$$/environ",
  "awk 'BEGIN { for (n in ENVIRON) print n }'",
  "perl -e 'print $ENV{$ARGV[0]}' x",
  "bash -c 'set | sort'",
  "curl https://example.org/x | bash",
  "bash /opt/unknown",
  ". /opt/unknown",
  "$name",
  '"$@"',
  "make install",
  "pip install x",
  "./configure",
  "acme-frobnicate",
  "trap 'env' EXIT",
  "find / -exec acme-frobnicate {} +",
  "py DIB_X",
  "compiled",
  "#!/usr/bin/python3\nprint(os.environ[sys.argv[1]])",
  "#!/usr/bin/python3\nprint(os.getenv(name))",
  "#!/usr/bin/python3\nfor name in sorted(os.environ): pass",
  "#!/usr/bin/python3\nsubprocess.run(c, env=dict(os.environ))",
  "#!/usr/bin/python3\nos.system(command)",
  "#!/usr/bin/perl\nprint join ' ', keys %ENV;",
])("%s may read any variable", (script) => {
  expect(reachOf(script, helpers).mentions("DIB_ANYTHING")).toBe(true);
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
    expect(Object.keys(reach("root.d/08-debootstrap").files)).toEqual([]);
    expect(reach("root.d/08-debootstrap").mentions("DIB_RELEASE")).toBe(true);
    expect(reach("root.d/08-debootstrap").mentions("DIB_APT_LOCAL_CACHE")).toBe(false);
  });

  test("installing packages depends on the programs that do it, not on every element file", () => {
    const { files, mentions } = reach("install.d/01-package-installs");
    expect(
      Object.keys(files)
        .filter((id) => !id.startsWith("package-installs/"))
        .sort(),
    ).toEqual(["debootstrap/pkg-map", "dpkg/bin/install-packages", "pkg-map/bin/pkg-map"]);
    expect(mentions("DIB_ANYTHING")).toBe(false);
  });

  test("the script that merges the package lists depends on them", () => {
    const { files } = reach("extra-data.d/99-squash-package-install");
    expect(Object.keys(files)).toContain("debootstrap/package-installs.yaml");
    expect(Object.keys(files)).not.toContain("debootstrap/install.d/10-debian-networking");
  });
});
