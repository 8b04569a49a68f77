import { ALIAS_BOMBS, HOSTILE } from "./hostile-texts.mjs";

/** Names that elements have, and names that no one should give. */
const USUAL_NAMES = [
  "element-deps",
  "element-provides",
  "package-installs.yaml",
  "package-installs.json",
  "pkg-map",
  "svc-map",
  "source-repository-x",
  "block-device-default.yaml",
  "README.rst",
  "install.d/50-x",
  "root.d/50-x",
  "finalise.d/50-x",
  "environment.d/10-x",
  "install.d/package-installs-x",
  "install.d/10-x-package-install/50-x",
  "bin/x",
  "static/etc/x",
  "init-scripts/systemd/x.service",
  "test-elements/a/element-deps",
  "files/x.yaml",
];
const STRANGE_NAMES = [
  "new\nline",
  "install.d/50-new\nline",
  "environment.d/10-\n",
  "source-repository-\n",
  "tab\there",
  "-rf",
  " ",
  "\\",
  "a'b\"c$(d)`e`",
  "install.d/\u{1F600}",
  "install.d/50-\uDC80x",
  "\uDCFF\uDCFE",
  "caf\u00E9",
  "cafe\u0301",
  "\u202Egnp.sh",
  "__proto__",
  "constructor",
  "install.d/__proto__",
  "a".repeat(255),
  `${"d/".repeat(60)}deep`,
  "\u001B[31mred",
  "install.d\n/50-x",
];
const TOKENS = [
  "{",
  "}",
  "[",
  "'",
  '"',
  "$(",
  "`",
  "<<E\n",
  "\0",
  "\t",
  ": ",
  "\n- ",
  "\r\n",
  "*a",
  "&a ",
  "<<: ",
  "\u2028",
  "%",
  "!",
];
/** Where links lead besides the element itself: out of it, nowhere, and to files of the kernel that never end. */
const LINK_TARGETS = ["..", "/etc/passwd", "/", "a/../..", "\n", "missing", "/dev/zero", "/proc/kmsg", "/proc/kcore"];
const SIZE = 50_000_000;
/** What 50 MB files hold; `undefined` is a hole of zeros. */
const HUGE_PARTS = [undefined, "a: [b, c] $d `e`\n", "x", "- a\n", '{"a": ', "#!/bin/bash\n", "base\n", "\u00E4"];

/** Each kind of mutation changes `files` (path → entry) and returns false when it found nothing to change. */
const KINDS = {
  flipped: changeBytes((bytes, random) => {
    const copy = Uint8Array.from(bytes);
    for (let flips = 1 + random.below(20); flips > 0 && copy.length > 0; flips -= 1) {
      copy[random.below(copy.length)] ^= 1 << random.below(8);
    }
    return copy;
  }),
  truncated: changeBytes((bytes, random) => bytes.subarray(0, random.below(bytes.length + 1))),
  inserted: changeBytes((bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(TOKENS)), bytes.subarray(at)]);
  }),
  repeated: changeBytes((bytes, random) => {
    const at = random.below(bytes.length + 1);
    const part = bytes.subarray(at, at + random.below(200));
    return Buffer.concat([bytes.subarray(0, at), ...Array(1 + random.below(30)).fill(part), bytes.subarray(at)]);
  }),
  hostile: (files, random) => put(files, somePath(files, random, 0.3), random, Buffer.from(random.pick(HOSTILE))),
  bomb: (files, random) => {
    const name = random.pick([
      "package-installs.yaml",
      "block-device-default.yaml",
      "svc-map",
      "pkg-map",
      "files/x.yaml",
    ]);
    return put(files, name, random, Buffer.from(random.pick(ALIAS_BOMBS)));
  },
  deleted: (files, random) => files.delete(somePath(files, random, 1)),
  swapped: (files, random) => {
    const path = somePath(files, random, 0.9);
    const from = files.get(path)?.kind ?? "nothing";
    const kinds = ["file", "directory", "symlink", "special"].filter((kind) => kind !== from);
    const kind = random.pick(kinds);
    if (kind === "file") return put(files, path, random, Buffer.from(random.pick(HOSTILE)));
    if (kind === "symlink")
      files.set(path, {
        kind,
        target: random.pick([...files.keys(), ...LINK_TARGETS]),
      });
    else files.set(path, { kind });
    return true;
  },
  // A whole directory of the element becomes a file, a link or nothing.
  flattened: (files, random) => {
    const directories = [
      ...new Set([...files.keys()].flatMap((path) => (path.includes("/") ? [path.split("/")[0]] : []))),
    ];
    if (directories.length === 0) return false;
    const directory = random.pick(directories);
    for (const path of [...files.keys()]) if (path.startsWith(`${directory}/`)) files.delete(path);
    if (random.chance(0.5)) return put(files, directory, random, Buffer.from(random.pick(HOSTILE)));
    files.set(directory, { kind: "symlink", target: random.pick([...files.keys(), ".", "/usr", directory]) });
    return true;
  },
  looped: (files, random) => {
    const link = (path, target) => files.set(path, { kind: "symlink", target });
    const place = random.pick(["", "install.d/", "environment.d/", "static/", "test-elements/a/"]);
    const name = random.pick(["50-a", "element-deps", "pkg-map", "package-installs.yaml", "README.rst", "loop"]);
    switch (random.below(5)) {
      case 0:
        link(`${place}${name}`, name);
        break;
      case 1:
        link(`${place}${name}`, "60-b");
        link(`${place}60-b`, `./${name}`);
        break;
      case 2:
        link(`${place}${name}`, random.pick(["..", ".", "../..", "../../.."]));
        break;
      case 3:
        for (let at = 0; at < 60; at += 1) link(`${place}chain-${at}`, `chain-${(at + 1) % 60}`);
        link(`${place}${name}`, "chain-0");
        break;
      default:
        link(`${place}${name}`, "install.d/../install.d/../install.d");
        link("install.d/50-back", "../install.d");
    }
    return true;
  },
  named: (files, random) => {
    const name = random.pick(STRANGE_NAMES);
    if (random.chance(0.5))
      return put(files, name, random, Buffer.from(random.pick(["#!/bin/bash\n", "a: b\n", "\n"])));
    const path = somePath(files, random, 1);
    const entry = files.get(path);
    if (entry === undefined) return false;
    files.delete(path);
    files.set(name, entry);
    return true;
  },
  mode: (files, random) => {
    const entry = files.get(somePath(files, random, 1));
    if (entry?.kind !== "file") return false;
    entry.mode = random.pick([0, 0o111, 0o644, 0o755, 0o4755, 0o7777]);
    return true;
  },
  huge: (files, random) => {
    const path = random.pick(USUAL_NAMES);
    const part = random.pick(HUGE_PARTS);
    const head = path.includes(".d/") ? "#!/bin/bash\n" : "";
    files.set(path, { kind: "file", mode: 0o755, bytes: Buffer.from(head), huge: { size: SIZE, part } });
    return true;
  },
};
// Files of 50 MB cost a hundred times what others do.
const RARE = "huge";
export const KIND_NAMES = Object.keys(KINDS);

/**
 * Mutates the files of one element in place, at most four times, and counts what was done. Entries are
 * `{ kind: "file", mode, bytes, huge? }`, `{ kind: "directory" }`, `{ kind: "symlink", target }`, `{ kind: "special" }`.
 */
export function mutateTree(files, random, counts) {
  const usual = KIND_NAMES.filter((kind) => kind !== RARE);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const kind = random.chance(0.005) ? RARE : random.pick(usual);
    if (KINDS[kind](files, random)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
}

function somePath(files, random, existing) {
  const paths = [...files.keys()];
  return paths.length > 0 && random.chance(existing) ? random.pick(paths) : random.pick(USUAL_NAMES);
}

function put(files, path, random, bytes) {
  files.set(path, { kind: "file", mode: random.pick([0o644, 0o755]), bytes });
  return true;
}

function changeBytes(change) {
  return (files, random) => {
    const path = somePath(files, random, 1);
    const entry = files.get(path);
    if (entry?.kind !== "file" || entry.bytes.length === 0) return false;
    files.set(path, { ...entry, bytes: change(entry.bytes, random) });
    return true;
  };
}
