// Figures of the linter: upstream's elements the first time, again and after an edit, one element, against dib-lint in the
// same run, and many copies of them.
// node bench/lint.mjs [COPIES]    (after npm run build; COPIES is 100 unless stated; 0 leaves that part out)
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { upstreamInstallation } from "@dibkit/model";

const copies = Number(process.argv[2] ?? 100);
const upstream = upstreamInstallation(process.env);
if (!upstream) throw new Error("diskimage-builder is not installed");
const dibkit = fileURLToPath(new URL("../packages/cli/bin/dibkit.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "dibkit-bench-lint-"));
const cache = join(root, "cache");

function timed(program, args, env = {}) {
  const started = performance.now();
  const time = ["-f", "%U %S %M", program, ...args];
  const run = spawnSync("/usr/bin/time", time, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
  });
  const [user, system, kilobytes] = run.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  const lines = run.stdout.split("\n").length - 1;
  return { wall: (performance.now() - started) / 1000, cpu: user + system, megabytes: kilobytes / 1024, lines };
}

const row = (name, { wall, cpu, megabytes, lines }) =>
  console.log(
    `${name.padEnd(34)} ${wall.toFixed(2).padStart(8)} s  ${cpu.toFixed(2).padStart(8)} s cpu  ${megabytes.toFixed(0).padStart(6)} MB  ${lines} lines`,
  );

try {
  console.log(
    `${cpus().length} processors (${cpus()[0]?.model}), Node ${process.version}, load ${readFileSync("/proc/loadavg", "utf8").split(" ")[0]}`,
  );
  const elements = join(root, "elements");
  execFileSync("cp", ["-r", upstream.elements, elements]);
  execFileSync("find", [elements, "-name", "__pycache__", "-prune", "-exec", "rm", "-r", "{}", "+"]);
  const lint = (directory) =>
    timed(process.execPath, [dibkit, "lint", directory, "--format", "compact", "--preset", "all"]);
  const forget = () => rmSync(cache, { recursive: true, force: true });
  const median = (run) => [run(), run(), run()].sort((a, b) => a.wall - b.wall)[1];
  const withShellcheck = (on) => writeFileSync(join(root, ".dibkitrc.json"), JSON.stringify({ shellcheck: on }));
  const first = (directory) => {
    forget();
    return lint(directory);
  };
  // Files are settled, and their findings kept, when they have not changed for two seconds.
  const settle = () => execFileSync("sleep", ["3"]);
  const hooks = join(elements, "base/install.d");
  const script = join(hooks, readdirSync(hooks)[0]);
  const edited = () => {
    writeFileSync(script, `${readFileSync(script, "utf8")}# edited\n`);
    return lint(elements);
  };
  withShellcheck(false);
  settle();
  const cold = median(() => first(elements));
  row("dibkit lint, upstream's elements", cold);
  const again = median(() => lint(elements));
  row("the same, again", again);
  row("the same, after an edit", median(edited));
  settle();
  row(
    "one element of them, first",
    median(() => first(join(elements, "vm"))),
  );
  row(
    "one element of them, again",
    median(() => lint(join(elements, "vm"))),
  );
  if (spawnSync("shellcheck", ["--version"]).status === 0) {
    withShellcheck(true);
    row("with ShellCheck, first", first(elements));
    row(
      "with ShellCheck, again",
      median(() => lint(elements)),
    );
    withShellcheck(false);
  }

  const bin = join(root, "bin");
  const lib = join(root, "lib");
  for (const directory of [bin, lib]) mkdirSync(directory);
  symlinkSync("/usr/bin/python3", join(bin, "python"));
  const env = { PATH: `${bin}:${process.env.PATH}`, ELEMENTS_DIR: elements, LIB_DIR: lib };
  const theirs = timed("/usr/bin/dib-lint", [], env);
  row("dib-lint, the same", theirs);
  const ratio = (ours) =>
    `${(theirs.wall / ours.wall).toFixed(0)} times (processor time: ${(theirs.cpu / ours.cpu).toFixed(0)})`;
  console.log(`dibkit is faster ${ratio(cold)} the first time, ${ratio(again)} from then on`);

  for (const count of copies > 0 ? [Math.max(1, Math.round(copies / 4)), copies] : []) {
    const many = join(root, `copies-${count}`);
    for (let copy = 0; copy < count; copy += 1) copyTree(elements, many, copy);
    row(`dibkit lint, ${count} copies (${readdirSync(many).length} elements)`, lint(many));
    rmSync(many, { recursive: true });
  }
} finally {
  rmSync(root, { recursive: true });
}

/** Every element under a name of its own; what depends on another, depends on the same copy of it. */
function copyTree(elements, many, copy) {
  const names = new Set(
    readdirSync(elements, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  );
  const renamed = (text) => text.replace(/^\S+$/gm, (name) => (names.has(name) ? `${name}-${copy}` : name));
  for (const name of names) copyDirectory(join(elements, name), join(many, `${name}-${copy}`), renamed);
}

function copyDirectory(from, to, renamed) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyDirectory(source, target, renamed);
    else if (entry.isFile()) {
      const content = readFileSync(source);
      writeFileSync(target, entry.name === "element-deps" ? renamed(content.toString()) : content);
      chmodSync(target, statSync(source).mode & 0o777);
    }
  }
}
