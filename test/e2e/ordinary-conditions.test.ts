import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "../../packages/cli/src/commands/index.js";
import { CONDITIONS, type ConditionName, type Outcome, ROWS } from "./ordinary-conditions.js";
import { ordinaryUser, whyNoNamespace } from "./ordinary-user.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-e2e-conditions-"));
chmodSync(root, 0o755);
afterAll(() => {
  for (const directory of closed) chmodSync(directory, 0o755);
  rmSync(root, { recursive: true, force: true });
});

const keys = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const FILES: Readonly<Record<string, string>> = {
  "elements/tiny/element-provides": "operating-system\n",
  "elements/tiny/README.rst": "tiny\n====\n\nAn operating system of nothing.\n",
  "elements/web/element-deps": "tiny\n",
  "elements/web/README.rst": "web\n===\n\nServes.\n",
  "elements/web/install.d/50-web":
    "#!/bin/bash\nif [ ${DIB_DEBUG_TRACE:-1} -gt 0 ]; then\n    set -x\nfi\nset -eu\nset -o pipefail\necho hello\n",
  "upstreams/site/element-deps": "debian-minimal\nvm\n",
  "upstreams/site/README.rst": "site\n====\n\nIs made of upstream's elements.\n",
  // It cannot be run, whatever upstream has; what it reads, an element of upstream sets.
  "upstreams/site/install.d/50-site": 'echo "$YUM"\n',
  "module/hello.ts": [
    'import { bash, defineElement, install } from "@dibkit/model";',
    'const scripts = [install(50, "hello", bash`echo hello`)];',
    'export const hello = defineElement("hello", { summary: "says hello", scripts });',
    "",
  ].join("\n"),
  "build.key": keys.privateKey,
  "build.pub": keys.publicKey,
  "images.yaml": "- imagename: web\n  elements: [web]\n  skip-base: true\n",
  "disk.raw": "\0".repeat(65_536),
  "vulnerabilities.json": "[]",
  "closed/disk.raw": "\0".repeat(65_536),
};
for (const [path, content] of Object.entries(FILES)) {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content);
  if (content.startsWith("#!")) chmodSync(join(root, path), 0o755);
}

const closed: string[] = [join(root, "closed")];
chmodSync(join(root, "closed"), 0o555);
const user = ordinaryUser(root);
const noNamespace = whyNoNamespace();
let count = 0;

/** Directories of one run, as its condition wants them. */
function placesOf(condition: ConditionName): Readonly<Record<string, string>> {
  count += 1;
  const directory = join(root, `run-${count}`);
  mkdirSync(directory);
  const { closed: which = [], sealed = [] } = CONDITIONS[condition];
  const places = Object.fromEntries(
    ["HOME", "CACHE", "OUT", "TMP", "CWD", "BIN"].map((name) => [name, join(directory, name.toLowerCase())]),
  );
  for (const [name, path] of Object.entries(places)) {
    mkdirSync(path);
    if (name === "OUT") writeFileSync(join(path, "dibkit.config.ts"), "export default {};\n");
    if (name === "CACHE") mkdirSync(join(path, "l"));
    // Of root's directories others may read some; of their own, people may close some.
    chmodSync(path, sealed.includes(name) ? 0o700 : which.includes(name) ? 0o555 : 0o777);
    if (sealed.includes(name) && process.geteuid?.() !== 0) chmodSync(path, 0);
    if (sealed.includes(name) || which.includes(name)) closed.push(path);
  }
  return { ...places, ROOT: root, GONE: join(directory, "gone") };
}

function filledIn(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/\$([A-Z]+)/g, (whole, name: string) => places[name] ?? whole);
}

/** At most so many at a time, however many tests are waiting. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

test("every command has a row", () => {
  const names = new Set(ROWS.map(({ argv }) => argv.split(" ")[0]));
  expect([...names].sort()).toEqual(commands.map(({ name }) => name).sort());
});

describe.each(Object.keys(CONDITIONS) as ConditionName[])("an ordinary user, %s", (condition) => {
  const { withoutUpstream = false } = CONDITIONS[condition];
  const rows = ROWS.filter(({ only }) => only === undefined || only.includes(condition));
  const skipped = withoutUpstream && noNamespace !== undefined && !process.env.CI;
  test.skipIf(skipped).concurrent.each(rows.map((row) => [row.argv, row] as const))("dibkit %s", async (_, row) => {
    const places = placesOf(condition);
    const env = { ...CONDITIONS[condition].env, ...row.env };
    const run = await inTurn(() =>
      user.run(
        row.argv.split(" ").map((word) => filledIn(word, places)),
        {
          cwd: places.CWD as string,
          env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filledIn(value, places)])),
          withoutUpstream,
          ...(row.input === undefined ? {} : { input: row.input }),
        },
      ),
    );
    check(run, row.when?.[condition] ?? row.otherwise, places);
  });
});

function check(
  run: { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string },
  outcome: Outcome,
  places: Readonly<Record<string, string>>,
): void {
  const text = run.stdout + run.stderr;
  expect(text).not.toMatch(/bug in dibkit|^ +at .*(node:|\.js:|\.ts:)|Warning:/m);
  expect({ exitCode: run.exitCode, text }).toMatchObject({ exitCode: outcome.exit });
  for (const words of outcome.says ?? []) expect(text).toContain(filledIn(words, places));
  for (const words of outcome.never ?? []) expect(text).not.toContain(filledIn(words, places));
  // A list of findings for programs has no help.
  if (outcome.exit > 1) expect(text).toMatch(/^ *help: [a-z"]/m);
}
