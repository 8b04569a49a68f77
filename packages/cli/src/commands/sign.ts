import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { contentsOptions, IMAGE_WORDS } from "../open-contents.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "sign",
  group: "ship",
  summary: "sign where an image comes from, for others to verify",
  description:
    'Signs the statement of "dibkit provenance" with a private key (Ed25519, or ECDSA on P-256) and writes it beside the\nimage as IMAGE.intoto.jsonl: a DSSE envelope, which "dibkit verify" and cosign verify. Signatures by other keys that\nare there stay. Sign right after the build, on the machine that built.',
  arguments: [{ name: "IMAGE", summary: `${IMAGE_WORDS} (default: the newest build)` }],
  options: {
    key: { type: "string", value: "KEYFILE", summary: "the private key (PEM, without a passphrase)" },
    output: { type: "string", short: "o", value: "FILE", summary: "write it there instead of beside the image" },
    attach: {
      ...{ type: "string", value: "REGISTRY/REPOSITORY" },
      summary: "of an OCI archive: attach it to the image there too, which has to be in it",
    },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit sign debian.qcow2 --key build.key", does: "writes debian.qcow2.intoto.jsonl" },
    {
      command: "dibkit sign web.oci.tar --key build.key --attach registry.example.org/team/web",
      does: "attaches it to the image that was copied there from the archive",
    },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    if (options.key === undefined)
      return usageFailure(terminal, "sign needs a private key", "name its file with --key KEYFILE");
    const [{ parseSigningKey }, { parseEnvelopes, signStatement }, { readKey }, { imageStatement }] = await Promise.all(
      [
        import("@dibkit/registry"),
        import("@dibkit/contents"),
        import("../proof/read-key.js"),
        import("../proof/image-statement.js"),
      ],
    );
    const key = await readKey(terminal, options.key, parseSigningKey);
    if (key === undefined) return 2;
    const store = await openStore(terminal, options.cacheDir);
    const statement = await imageStatement(terminal, store, words.IMAGE, options.file);
    if (statement === undefined) return 2;
    const { attachEnvelope, mayAttach } = await import("../proof/attach-envelope.js");
    if (options.attach !== undefined && !mayAttach(terminal, statement.manifests)) return 2;
    const beside = `${statement.path ?? statement.build.record.image}.intoto.jsonl`;
    const path = options.output === undefined ? beside : resolvePath(terminal.cwd, options.output);
    const { readNamedFile } = await import("@dibkit/model");
    const there = existsSync(path) ? parseEnvelopes((await readNamedFile(path)).toString()) : undefined;
    if (there?.ok === false)
      return usageFailure(terminal, `"${path}" ${there.error}`, "remove it, or choose another file with --output");
    const ofOthers = (there?.value ?? []).filter(({ signatures }) =>
      signatures.every(({ keyid }) => keyid !== key.publicKey.fingerprint),
    );
    const envelope = signStatement(statement.text, key);
    const lines = [...ofOthers, envelope].map((one) => `${JSON.stringify(one)}\n`);
    const { writeWhole } = await import("../write-whole.js");
    if (!(await writeWhole(terminal, path, lines.join(""), { what: "signature", option: "--output" }))) return 1;
    terminal.stdout.write(`${path}\n`);
    if (options.attach === undefined) return 0;
    return attachEnvelope(terminal, options.attach, statement.manifests, JSON.stringify(envelope));
  },
});
