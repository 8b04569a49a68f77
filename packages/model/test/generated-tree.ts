import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import fc from "fast-check";

/** A file, a symbolic link or a directory, with whatever name and content a filesystem takes. */
export type Tree = { readonly name: Uint8Array } & (
  | { readonly bytes: Uint8Array; readonly mode: number }
  | { readonly link: Uint8Array }
  | { readonly children: readonly Tree[] }
);

const bytes = (text: string) => Buffer.from(text, "latin1");

/** One of everything, so that no run of a test can miss it. Text is read as Latin-1: `\xe9` is that one byte. */
export const EVERY_ODDITY: readonly Tree[] = [
  { name: bytes("crlf"), bytes: bytes("a\r\nb\r\n"), mode: 0o644 },
  { name: bytes("no-final-newline"), bytes: bytes("a\nb"), mode: 0o755 },
  { name: bytes("binary"), bytes: bytes("\0\xff\xfe\n\x80\0"), mode: 0o644 },
  { name: bytes("empty"), bytes: bytes(""), mode: 0o644 },
  { name: bytes("bom"), bytes: bytes("\xef\xbb\xbfa\n"), mode: 0o644 },
  { name: bytes("latin-1 content"), bytes: bytes("caf\xe9\n"), mode: 0o644 },
  { name: bytes("caf\xe9"), bytes: bytes("a name that is not UTF-8\n"), mode: 0o755 },
  { name: bytes("-rf"), bytes: bytes("x"), mode: 0o600 },
  { name: bytes(' two  words "quoted" \\ $(x) `y` \n line\t'), bytes: bytes("odd\n"), mode: 0o444 },
  { name: bytes("__proto__"), bytes: bytes("x"), mode: 0o644 },
  { name: bytes("set-user-id"), bytes: bytes("x"), mode: 0o4755 },
  { name: bytes("dangling"), link: bytes("no/where") },
  { name: bytes("dangling-caf\xe9"), link: bytes("../caf\xe9 \xff") },
  { name: bytes("absolute"), link: bytes("/etc/hostname") },
  { name: bytes("empty-directory"), children: [] },
  {
    name: bytes("d\xff"),
    children: [{ name: bytes("\xfe"), children: [{ name: bytes("deep"), bytes: bytes("x"), mode: 0o755 }] }],
  },
];

const oddName = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((text) => Buffer.from(text)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }).map((name) => Buffer.from(name)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("-", "...", " ", "a\nb", "ü\u0301", "𝒳\u{1F600}").map((text) => Buffer.from(text)),
    },
  )
  .map((name) => Buffer.from(name.filter((byte) => byte !== 0 && byte !== 0x2f).subarray(0, 200)))
  .filter((name) => name.length > 0 && !["", ".", ".."].includes(name.toString("latin1")));

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .constantFrom("", "no newline", "crlf\r\nlines\r\n", "\ufeffbom\n", "#!/bin/bash\n")
    .map((text) => Buffer.from(text)),
);

/** Trees whose names and contents come from somewhere, mixed with odd ones. */
export function treesOf(
  names: fc.Arbitrary<Uint8Array>,
  contents: fc.Arbitrary<Uint8Array>,
): fc.Arbitrary<readonly Tree[]> {
  const { entry } = fc.letrec<{ entry: Tree; directory: Tree; leaf: Tree }>((tie) => ({
    leaf: fc.oneof(
      fc.record({ name: names, bytes: contents, mode: fc.constantFrom(0o644, 0o755, 0o600, 0o4755, 0o444) }),
      fc.record({ name: names, link: oddName }),
    ),
    directory: fc.record({ name: names, children: fc.array(tie("entry"), { maxLength: 4 }) }),
    entry: fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("directory")),
  }));
  return fc.array(entry, { maxLength: 6 });
}

export const generatedTree = treesOf(oddName, content);

const DIB_NAMES =
  "element-deps element-provides README.rst package-installs.yaml pkg-map svc-map environment.d install.d \
10-a 50-b.bash 5-c x.sh static bin init-scripts systemd test-elements block-device-default.yaml source-repository-x";

const DIB_CONTENT = [
  ...["vm\n", "vm\nbase\n\n", "base\nvm", "# no comment\n", "curl:\n", "a:\n  phase: install.d\n", "a: [\n"],
  ...['{ "default": { "a": "b" } }', "export A=1\r\n", "export A=${A:-1}\n", "====\nx\n====\n\nSays it.\n"],
  ...["x git /opt/x https://example.org/x.git main\n", "- local_loop:\n    name: image0\n", "---\n"],
];

/** Trees that look like elements, and are odd nevertheless. */
export const generatedElement = treesOf(
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...DIB_NAMES.split(/\s+/)).map((name) => bytes(name)) }, oddName),
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...DIB_CONTENT).map((text) => Buffer.from(text)) }, content),
);

/** Makes a tree with the plainest of system calls; entries of a name that exists are left out. */
export function makeTree(directory: Buffer, entries: readonly Tree[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { name, ...rest } of entries) {
    const path = Buffer.concat([directory, Buffer.from("/"), name]);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    if ("children" in rest) makeTree(path, rest.children);
    else if ("link" in rest) symlinkSync(Buffer.from(rest.link), path);
    else {
      writeFileSync(path, rest.bytes);
      chmodSync(path, rest.mode);
    }
  }
}
