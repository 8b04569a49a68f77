/** How a command ends under a condition. `$HOME`, `$CACHE`, `$OUT`, `$TMP`, `$GONE`, `$ROOT` are paths of the run. */
export interface Outcome {
  readonly exit: 0 | 1 | 2 | 3;
  /** What it says, on either stream: the path or the program, and the remedy. */
  readonly says?: readonly string[];
  readonly never?: readonly string[];
}

interface Condition {
  readonly env: Readonly<Record<string, string>>;
  /** Directories of the run that belong to somebody else: they may be read, and not be written. */
  readonly closed?: readonly string[];
  /** Those that may not even be read. */
  readonly sealed?: readonly string[];
  readonly withoutUpstream?: boolean;
}

const PATH = "/usr/local/bin:/usr/bin:/bin";
const USUAL = { PATH, HOME: "$HOME", TMPDIR: "$TMP", NO_COLOR: "1", LANG: "C.UTF-8" };
const { HOME: _home, ...HOMELESS } = USUAL;

const conditions = {
  "as usual": { env: USUAL },
  "without HOME": { env: HOMELESS },
  "with a home that is read-only": { env: USUAL, closed: ["HOME"] },
  "with a cache that is root's": { env: { ...USUAL, DIBKIT_CACHE: "$CACHE" }, sealed: ["CACHE"] },
  "without diskimage-builder": { env: USUAL, withoutUpstream: true },
  "with an empty PATH": { env: { ...USUAL, PATH: "" } },
  "with a PATH of which parts are closed or missing": {
    env: { ...USUAL, PATH: `$BIN:$BIN/below:$GONE:$ROOT/disk.raw:${PATH}` },
    sealed: ["BIN"],
  },
  "with an output directory that is closed": { env: USUAL, closed: ["OUT"] },
  "with a TMPDIR that is closed": { env: USUAL, closed: ["TMP"] },
  "with a TMPDIR that is missing": { env: { ...USUAL, TMPDIR: "$GONE" } },
} as const satisfies Readonly<Record<string, Condition>>;

export type ConditionName = keyof typeof conditions;

export const CONDITIONS: Readonly<Record<ConditionName, Condition>> = conditions;

interface Row {
  /** Words after `dibkit`. */
  readonly argv: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input. */
  readonly input?: string;
  /** Conditions that the row is for; all when left out. */
  readonly only?: readonly ConditionName[];
  readonly otherwise: Outcome;
  readonly when?: Partial<Readonly<Record<ConditionName, Outcome>>>;
}

const FINE: Outcome = { exit: 0 };
const DENIED = "permission was denied";
const SET_TMPDIR = "set TMPDIR to a directory that you may write";
const INSTALL = 'install it, for instance with "apt-get install python3-diskimage-builder"';

const NEEDS_ROOT: Outcome = { exit: 2, says: ["root is needed to mount", 'for instance with "sudo"'] };
const NOTHING_BUILT: Outcome = { exit: 2, says: ["nothing was built yet"] };

/** Trouble with a cache of somebody else, wherever in it. */
const CLOSED_CACHE: Partial<Record<ConditionName, Outcome>> = {
  "with a cache that is root's": { exit: 2, says: ['"$CACHE/', DENIED, "--cache-dir or DIBKIT_CACHE"] },
};
const closedOut = (exit: 1 | 2, path: string, option: string): Partial<Record<ConditionName, Outcome>> => ({
  "with an output directory that is closed": { exit, says: [`"$OUT${path}`, DENIED, option] },
});
const noTemporary = (exit: 1 | 2 = 2): Partial<Record<ConditionName, Outcome>> => ({
  "with a TMPDIR that is closed": { exit, says: ['"$TMP"', DENIED, SET_TMPDIR] },
  "with a TMPDIR that is missing": { exit, says: ['"$GONE"', "does not exist", SET_TMPDIR] },
});
const withoutUpstream = (outcome: Outcome): Partial<Record<ConditionName, Outcome>> => ({
  "without diskimage-builder": outcome,
});
const NOT_FOUND: Outcome = {
  exit: 2,
  says: ["diskimage-builder was not found", '"base"', INSTALL, "--elements-path"],
  never: ["which is empty", "ELEMENTS_PATH"],
};

/** What an editor says that starts a language server and ends it again. */
function editorWords(): string {
  const capabilities = {};
  return [
    { id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities } },
    { method: "initialized", params: {} },
    { id: 2, method: "shutdown" },
    { method: "exit" },
  ]
    .map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }))
    .map((text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
    .join("");
}

const AT = "--elements-path $ROOT/elements";
const MODULE = "$ROOT/module/hello.ts";

export const ROWS: readonly Row[] = [
  {
    argv: "audit --database $ROOT/vulnerabilities.json",
    only: ["as usual", "with a cache that is root's"],
    otherwise: NOTHING_BUILT,
    when: CLOSED_CACHE,
  },
  {
    argv: "audit $ROOT/disk.raw --file --database $ROOT/vulnerabilities.json",
    only: ["as usual", "with a TMPDIR that is closed", "with a TMPDIR that is missing"],
    otherwise: { exit: 2, says: ["no ext2, ext3 or ext4 filesystem"] },
    when: noTemporary(),
  },
  {
    argv: `bindings --out $OUT/bindings ${AT}`,
    otherwise: FINE,
    when: closedOut(2, '/bindings"', "--out"),
  },
  {
    argv: "bindings",
    only: ["without diskimage-builder"],
    otherwise: { exit: 2, says: ["there is no element on the path", "install diskimage-builder"] },
  },
  {
    argv: "bisect web --good v1 --run true",
    only: ["as usual", "with an empty PATH"],
    otherwise: { exit: 2, says: ["is not in a git repository", "change into the directory of the elements"] },
    when: { "with an empty PATH": { exit: 2, says: ['program "git" was not found', "install the package git"] } },
  },
  { argv: "blame /etc/motd", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "boot $ROOT/nothing.qcow2 --log $OUT/console.log",
    otherwise: { exit: 2, says: ['there is no image "$ROOT/nothing.qcow2"', "give the path of a disk image"] },
    when: { ...closedOut(2, '/console.log"', "--log"), ...noTemporary() },
  },
  {
    argv: "boot $ROOT/disk.raw --log $OUT/console.log",
    only: ["with an empty PATH"],
    otherwise: { exit: 2, says: ['"qemu-img"', "install the package qemu-utils"] },
  },
  {
    argv: "boot $ROOT/closed/disk.raw",
    only: ["as usual"],
    otherwise: { exit: 2, says: ['"$ROOT/closed/disk.raw.console.log"', DENIED, "choose another file with --log"] },
  },
  { argv: `build -n web -t tar -o $OUT/image ${AT}`, otherwise: NEEDS_ROOT },
  { argv: `build -n web -t tar --verify ${AT}`, only: ["as usual"], otherwise: NEEDS_ROOT },
  { argv: `build -n web -t tar --engine upstream ${AT}`, only: ["as usual"], otherwise: NEEDS_ROOT },
  {
    argv: "build -n web -t tar --locked --lock-file $OUT/dibkit.lock",
    only: ["as usual"],
    otherwise: { exit: 2, says: ['there is no lock "$OUT/dibkit.lock"', '"dibkit lock"', "--lock-file"] },
  },
  { argv: "build vm debian-minimal", only: ["without diskimage-builder"], otherwise: NOT_FOUND },
  { argv: "cache list", otherwise: { exit: 0, says: ["0 layers"] }, when: CLOSED_CACHE },
  { argv: "cache gc", only: ["as usual", "with a cache that is root's"], otherwise: FINE, when: CLOSED_CACHE },
  { argv: "cache clear", only: ["as usual", "with a cache that is root's"], otherwise: FINE, when: CLOSED_CACHE },
  { argv: "cache verify", only: ["as usual", "with a cache that is root's"], otherwise: FINE, when: CLOSED_CACHE },
  {
    argv: `compile ${MODULE} --out $OUT/elements`,
    otherwise: FINE,
    when: { ...closedOut(1, '/elements"', "--out"), ...noTemporary() },
  },
  {
    argv: `conform -n web --keep $OUT/keep ${AT}`,
    otherwise: NEEDS_ROOT,
    when: {
      ...closedOut(2, '/keep"', "--keep"),
      ...withoutUpstream({ exit: 2, says: ["diskimage-builder is not installed", INSTALL] }),
    },
  },
  {
    argv: `conform -n web ${AT}`,
    only: ["with a TMPDIR that is closed", "with a TMPDIR that is missing"],
    otherwise: NEEDS_ROOT,
    when: noTemporary(),
  },
  { argv: "diff", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "doctor",
    otherwise: { exit: 1, says: ["missing  subordinate ids", "usermod --add-subuids"] },
    when: {
      ...withoutUpstream({ exit: 1, says: ["not installed", INSTALL] }),
      "with a TMPDIR that is closed": { exit: 1, says: [SET_TMPDIR] },
      "with a TMPDIR that is missing": { exit: 1, says: [SET_TMPDIR] },
      "with an empty PATH": { exit: 1, says: ["install bash"] },
    },
  },
  {
    argv: `eject ${MODULE} --out $OUT/elements`,
    // Otherwise it is compile.
    only: ["as usual", "with an output directory that is closed", "with a TMPDIR that is closed"],
    otherwise: FINE,
    when: { ...closedOut(1, '/elements"', "--out"), ...noTemporary() },
  },
  { argv: "explain deps-known", otherwise: FINE },
  { argv: `graph -n web ${AT}`, otherwise: FINE },
  {
    argv: "images $ROOT/images.yaml",
    env: { ELEMENTS_PATH: "$ROOT/elements" },
    otherwise: { exit: 3, says: ["root is needed to mount", 'for instance with "sudo"'] },
  },
  { argv: "import $ROOT/elements/web --out $OUT/src", otherwise: FINE, when: closedOut(2, "/src", "--out") },
  { argv: "init $OUT/fresh", otherwise: FINE, when: closedOut(2, '/fresh"', "choose another path") },
  {
    argv: "lint $ROOT/elements --output-file $OUT/report.txt",
    otherwise: FINE,
    when: closedOut(2, '/report.txt"', "--output-file"),
  },
  {
    argv: "lint $ROOT/upstreams --format compact",
    only: ["as usual", "without diskimage-builder"],
    otherwise: { exit: 1, says: ["script-executable"], never: ["diskimage-builder was not found"] },
    when: withoutUpstream({
      exit: 1,
      says: ["script-executable", "diskimage-builder was not found", '"debian-minimal", "vm"'],
      never: ["deps-known", "env-set"],
    }),
  },
  {
    argv: "lint $ROOT/upstreams",
    only: ["without diskimage-builder"],
    otherwise: { exit: 1, says: [INSTALL, "--elements-path"] },
  },
  {
    argv: `lock -n web -t tar -o $OUT/image --lock-file $OUT/dibkit.lock ${AT}`,
    only: ["as usual", "with a cache that is root's", "with an empty PATH"],
    otherwise: NEEDS_ROOT,
  },
  { argv: "lsp", input: editorWords(), otherwise: { exit: 0, says: ['"codeActionProvider"'] } },
  { argv: "new element fresh --project $OUT", otherwise: FINE, when: closedOut(2, '/src"', "--project") },
  {
    argv: `plan -n web -t tar ${AT}`,
    otherwise: FINE,
    when: {
      ...CLOSED_CACHE,
      "with an empty PATH": { exit: 0, says: ['program "bash" is missing', "install the package bash"] },
    },
  },
  { argv: "plan vm debian-minimal", only: ["without diskimage-builder"], otherwise: NOT_FOUND },
  { argv: "provenance", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "publish glance $ROOT/disk.raw",
    otherwise: { exit: 2, says: ["no OpenStack configuration was found", "write a clouds.yaml"] },
    when: { "with an empty PATH": { exit: 3, says: ['"qemu-img"', "install the Debian package qemu-utils"] } },
  },
  {
    argv: "publish libvirt $ROOT/disk.raw --directory $OUT/pool",
    only: ["with an empty PATH"],
    otherwise: { exit: 3, says: ['"qemu-img"', "install the Debian package qemu-utils"] },
  },
  { argv: `resolve -n web ${AT}`, otherwise: FINE },
  { argv: "resolve vm debian-minimal", only: ["without diskimage-builder"], otherwise: NOT_FOUND },
  {
    argv: "resolve -n site --elements-path $ROOT/upstreams",
    only: ["without diskimage-builder"],
    otherwise: { exit: 2, says: ['"debian-minimal" (site → debian-minimal), "vm" (site → vm)', INSTALL] },
  },
  { argv: "matrix", otherwise: { exit: 2, says: ["the project defines no matrix", "defineMatrix"] } },
  { argv: "sbom", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  { argv: "shell", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "sign --key $ROOT/build.key",
    only: ["as usual", "with a cache that is root's"],
    otherwise: NOTHING_BUILT,
    when: CLOSED_CACHE,
  },
  {
    argv: "sign --key $ROOT/nothing.key",
    only: ["as usual"],
    otherwise: { exit: 2, says: ['"$ROOT/nothing.key" is not there', "name a key file in PEM"] },
  },
  { argv: "size", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "size $ROOT/disk.raw --file",
    otherwise: { exit: 2, says: ["no ext2, ext3 or ext4 filesystem"] },
    when: noTemporary(),
  },
  { argv: "fetched", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  { argv: `test --list ${AT}`, otherwise: FINE },
  {
    argv: "test",
    only: ["as usual", "with an empty PATH"],
    otherwise: { exit: 2, says: ["there is nothing to test", "ELEMENT/test-elements"] },
  },
  { argv: "trace", otherwise: NOTHING_BUILT, when: CLOSED_CACHE },
  {
    argv: "verify $ROOT/disk.raw --key $ROOT/build.pub",
    otherwise: { exit: 2, says: ['there is no signature "$ROOT/disk.raw.intoto.jsonl"', "--signature"] },
  },
  {
    argv: "verify $ROOT/disk.raw --key $ROOT/build.key",
    only: ["as usual"],
    otherwise: { exit: 2, says: ['"$ROOT/build.key" is a private key, where a public one belongs'] },
  },
  {
    argv: "why-different",
    only: ["as usual", "with a cache that is root's"],
    otherwise: NOTHING_BUILT,
    when: CLOSED_CACHE,
  },
];
