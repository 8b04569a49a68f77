// Lints mutated trees of upstream's elements and insists on an answer: findings or none, in bounded time, never a crash.
// node bench/fuzz-lint.mjs [TREES] [SEED]    (after npm run build; 20000 trees take a few minutes)
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lint, reporters, rules } from "@dibkit/lint";
import { createCatalog, loadCatalog, upstreamInstallation } from "@dibkit/model";

const trees = Number(process.argv[2] ?? 20_000);
let seed = Number(process.argv[3] ?? 1);
const slowestAllowedMs = Number(process.env.SLOWEST_MS ?? 20_000);

/** Small and repeatable: mulberry32. */
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (limit) => Math.floor(random() * limit);
const pick = (list) => list[below(list.length)];

const upstream = upstreamInstallation(process.env);
if (!upstream) throw new Error("diskimage-builder is not installed");
const originals = [...loadCatalog([upstream.elements]).elements.values()];

const NASTY = [
  "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f]\n",
  `${"[".repeat(5000)}`,
  `${'{"a":'.repeat(3000)}`,
  "&a [*a]",
  "a: *b\n<<: *c\n",
  "- 1\n- [2]\n- {3: 4}\n",
  "null",
  "true: false\n1: 2\n~: x\n? [a]\n: b\n",
  `#!/bin/bash\n${"if true; then\n".repeat(2000)}`,
  `#!/bin/bash\n${"$((".repeat(4000)}`,
  "#!/bin/bash\ncat <<EOF\n",
  '#!/bin/bash\necho "${x:-${y:-${z:-$(echo "${a}")}}}"\n',
  "\uFEFF#!/bin/bash\r\nset -eu\r\n",
  "name git /a/b\nname\n\t\n'\"$(",
  "__proto__\nconstructor\ntoString\nhasOwnProperty\n",
  "__proto__: {}\nconstructor: []\ntoString: null\n",
  '{"__proto__": {"a": "b"}, "family": {"__proto__": {"x": "y"}}}',
  "",
];
const NAMES = [
  "element-deps",
  "package-installs.yaml",
  "pkg-map",
  "svc-map",
  "source-repository-x",
  "block-device-default.yaml",
  "README.rst",
  "install.d/50-x",
  "environment.d/10-x",
  "__proto__",
  "constructor",
  "install.d/new\nline",
  "install.d/\u{1F600}",
  "install.d/\uDC80x",
  "a".repeat(200),
  "test-elements/a/element-deps",
];

function mutatedBytes(bytes) {
  const copy = Uint8Array.from(bytes);
  switch (below(6)) {
    case 0:
      for (let flips = 1 + below(20); flips > 0 && copy.length > 0; flips -= 1) copy[below(copy.length)] = below(256);
      return copy;
    case 1:
      return copy.subarray(0, below(copy.length + 1));
    case 2: {
      const at = below(copy.length + 1);
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from(
          pick(["{", "}", "[", "'", '"', "$(", "`", "<<E\n", "\0", "\t", ": ", "\n- ", "\r\n", "*a", "\u2028"]),
        ),
        copy.subarray(at),
      ]);
    }
    case 3: {
      const at = below(copy.length + 1);
      const part = copy.subarray(at, at + below(200));
      return Buffer.concat([copy.subarray(0, at), ...Array(1 + below(30)).fill(part), copy.subarray(at)]);
    }
    case 4:
      return Buffer.from(pick(NASTY));
    default:
      return Buffer.from(pick(originals).files.values().next().value?.bytes ?? []);
  }
}

function mutated(element) {
  const files = new Map(element.files);
  for (let count = 1 + below(4); count > 0; count -= 1) {
    const paths = [...files.keys()];
    const path = random() < 0.8 && paths.length > 0 ? pick(paths) : pick(NAMES);
    const old = files.get(path);
    const origin = { kind: "disk", path: `${element.root}/${path}` };
    switch (below(5)) {
      case 0:
        files.set(path, {
          kind: "symlink",
          path,
          target: pick([path, "..", "/etc/passwd", "a/../..", "element-deps", "\n"]),
          origin,
        });
        break;
      case 1:
        files.delete(path);
        break;
      case 2:
        files.set(path, { kind: "directory", path, mode: 0o755, origin });
        break;
      default:
        files.set(path, {
          kind: "file",
          path,
          mode: pick([0o644, 0o755, 0]),
          bytes: mutatedBytes(old?.kind === "file" ? old.bytes : Buffer.from(pick(NASTY))),
          origin,
        });
    }
  }
  return {
    ...element,
    name: element.name,
    root: element.root,
    origin: "disk",
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const options = { cwd: "/", color: false, version: "0", rules: new Map(rules.map((rule) => [rule.id, rule])) };
async function insist(catalog, elements, what) {
  const started = performance.now();
  const state = seed;
  try {
    const images = random() < 0.2 ? [{ name: "image", elements: elements.map((element) => element.name) }] : [];
    const result = await lint({ catalog, elements, configuration: { preset: "all", images } });
    for (const reporter of reporters) reporter.render(result, options);
    return { milliseconds: performance.now() - started, findings: result.diagnostics.length };
  } catch (error) {
    console.error(`crashed on ${what} (random state ${state}): ${error.stack}`);
    process.exit(1);
  }
}

// Once, so that reading upstream's elements is not counted as the time of a tree.
await insist(createCatalog([{ path: "/upstream", elements: originals }]), originals, "upstream's elements");
let slowest = 0;
let findings = 0;
const started = performance.now();
for (let tree = 0; tree < trees; tree += 1) {
  const elements = Array.from({ length: 1 + below(3) }, () => mutated(pick(originals)));
  const unique = [...new Map(elements.map((element) => [element.name, element])).values()];
  const catalog = createCatalog([
    { path: "/mutated", elements: unique },
    { path: "/upstream", elements: random() < 0.1 ? originals : [] },
  ]);
  const outcome = await insist(catalog, unique, `tree ${tree}: ${unique.map((element) => element.name).join(" ")}`);
  slowest = Math.max(slowest, outcome.milliseconds);
  findings += outcome.findings;
  if (outcome.milliseconds > slowestAllowedMs) {
    console.error(
      `tree ${tree}: ${unique.map((element) => `${element.name} ${JSON.stringify([...element.files].map(([path, file]) => [path, file.kind === "file" ? file.bytes.length : file.kind]).filter(([, size]) => size > 50_000))}`).join(" ")}`,
    );
    throw new Error(`tree ${tree} took ${outcome.milliseconds} ms`);
  }
}

// What only a real file system has.
const root = mkdtempSync(join(tmpdir(), "dibkit-fuzz-"));
try {
  for (const phase of ["install.d", "environment.d", "root.d"])
    mkdirSync(join(root, "web", phase), { recursive: true });
  symlinkSync("loop-b", join(root, "web/loop-a"));
  symlinkSync("loop-a", join(root, "web/loop-b"));
  symlinkSync("..", join(root, "web/up"));
  symlinkSync("missing", join(root, "web/install.d/50-dangling"));
  symlinkSync(root, join(root, "web/install.d/60-outside"));
  for (const name of ["new\nline", "tab\there", "caf\u00e9", "a'b\"c", "-rf", " "])
    writeFileSync(join(root, "web/install.d", name), "#!/bin/bash\n", { mode: 0o755 });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/web/install.d/`), Buffer.from([0xff, 0xfe])]), "x");
  for (const path of [
    "install.d/50-huge",
    "package-installs.yaml",
    "pkg-map",
    "element-deps",
    "environment.d/10-huge",
    "README.rst",
    "source-repository-huge",
    "block-device-default.yaml",
    "svc-map",
  ]) {
    writeFileSync(join(root, "web", path), "#!/bin/bash\n", { mode: 0o755 });
    truncateSync(join(root, "web", path), 50_000_000);
  }
  const catalog = loadCatalog([root]);
  const zeros = await insist(catalog, [...catalog.elements.values()], "50 MB files of zeros");
  for (const path of [
    "install.d/50-huge",
    "package-installs.yaml",
    "element-deps",
    "source-repository-huge",
    "README.rst",
  ]) {
    writeFileSync(join(root, "web", path), `#!/bin/bash\n${"a: [b, c] $d `e`\n".repeat(3_000_000)}`, { mode: 0o755 });
  }
  const again = loadCatalog([root]);
  const text = await insist(again, [...again.elements.values()], "50 MB files of text");
  console.log(
    `files of 50 MB: ${Math.round(zeros.milliseconds)} ms of zeros, ${Math.round(text.milliseconds)} ms of text; ${readdirSync(join(root, "web")).length} entries`,
  );
} finally {
  rmSync(root, { recursive: true });
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${trees} trees, ${findings} findings, no crash; slowest ${Math.round(slowest)} ms, ${seconds.toFixed(1)} s in all, ${Math.round(process.memoryUsage.rss() / 1e6)} MB at the end`,
);
