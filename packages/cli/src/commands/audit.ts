import { resolve as resolvePath } from "node:path";
import type { AuditFinding, ImageAudit, VexStatement } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { contentsOptions, IMAGE_WORDS, tryBuild, withContents } from "../open-contents.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "audit",
  group: "inspect",
  summary: "say which packages of an image a database of vulnerabilities knows, and which element brings them",
  description:
    "Asks a database that you have, and nobody else: a zip file or a directory of OSV's records, or the JSON of Debian's\nsecurity tracker. OpenVEX documents beside the elements (vex.json in an element's directory), or named with --vex,\nset aside what they call not_affected or fixed; their reason is shown. Ends with 1 when something is left.",
  arguments: [{ name: "IMAGE", summary: `${IMAGE_WORDS} (default: the newest build)` }],
  options: {
    database: {
      ...{ type: "string", value: "FILE", repeatable: true },
      summary: "OSV's records (zip, directory or JSON) or Debian's tracker (JSON); at least one",
    },
    vex: {
      ...{ type: "string", value: "FILE", repeatable: true },
      summary: "an OpenVEX document, beside those of the elements",
    },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit audit debian.qcow2 --database debian.json", does: "asks Debian's tracker about the image" },
    { command: "dibkit audit --database osv.zip --format json", does: "prints what OSV says of the newest build" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    if (options.database.length === 0)
      return usageFailure(terminal, "audit needs a database of vulnerabilities", "name it with --database FILE");
    const { auditImage } = await import("@dibkit/contents");
    const { createCommandRunner } = await import("@dibkit/exec");
    const store = await openStore(terminal, options.cacheDir);
    const named = options.vex.map((file) => ({ file: resolvePath(terminal.cwd, file) }));
    const build = options.file ? undefined : await tryBuild(terminal, store, words.IMAGE);
    const statements = await readStatements(terminal, build?.ok ? build.value : undefined, named);
    if (statements === undefined) return 2;
    const databases = options.database.map((file) => resolvePath(terminal.cwd, file));
    const commands = createCommandRunner({ signal: terminal.signal });
    const audited = await withContents(terminal, store, words.IMAGE, options.file, (image) =>
      auditImage(image, databases, statements, commands),
    );
    if (audited === undefined) return 2;
    if (!audited.ok) return usageFailure(terminal, audited.error.message, audited.error.help);
    const text = options.format === "json" ? JSON.stringify(document(audited.value), null, 2) : render(audited.value);
    terminal.stdout.write(`${text}\n`);
    return audited.value.findings.length === 0 ? 0 : 1;
  },
});

/** The statements beside the elements, then those that were named; undefined after saying what is wrong with one. */
async function readStatements(
  terminal: Terminal,
  build: Parameters<typeof import("@dibkit/contents")["elementVexFiles"]>[0] | undefined,
  named: readonly { readonly file: string; readonly element?: string }[],
): Promise<readonly VexStatement[] | undefined> {
  const { elementVexFiles, readVex } = await import("@dibkit/contents");
  const statements: VexStatement[] = [];
  for (const { file, element } of [...(build === undefined ? [] : await elementVexFiles(build)), ...named]) {
    const read = await readVex(file, element);
    if (!read.ok) {
      usageFailure(terminal, read.error, "see https://github.com/openvex/spec, and docs/proof.md for an example");
      return undefined;
    }
    statements.push(...read.value);
  }
  return statements;
}

function document({ findings, suppressed, packages, records, undetermined }: ImageAudit) {
  const flat = ({ package: { source, ...audited }, vex, ...one }: AuditFinding) => ({
    ...one,
    package: { ...audited, source },
    ...(vex === undefined
      ? {}
      : { vex: { status: vex.status, justification: vex.justification, impact: vex.impact, file: vex.file } }),
  });
  return {
    version: 1,
    findings: findings.map(flat),
    suppressed: suppressed.map(flat),
    ...{ packages, records, undetermined },
  };
}

function render({ findings, suppressed, packages, records, undetermined }: ImageAudit): string {
  const lines = [...findings.map(renderFinding), ...suppressed.map(renderSuppressed)];
  const judged = undetermined === 0 ? "" : `; ${undetermined} that nobody has judged yet are left out`;
  const aside = suppressed.length === 0 ? "" : `, ${suppressed.length} set aside`;
  const summary = `${count(findings.length, "finding")}${aside} in ${count(packages, "package")}, of ${count(records, "record")}${judged}`;
  return [...lines, summary].join("\n");
}

function renderFinding({ id, package: audited, fixed, severity, summary, vex }: AuditFinding): string {
  const { name, version, source } = audited;
  const built = source.name === name ? "" : ` (of ${source.name} ${source.version})`;
  const level = severity === undefined ? "" : `, ${severity}`;
  const repaired = fixed === undefined ? "no repair is known" : `repaired in ${fixed}`;
  return [
    `${id}: ${name} ${version}${built}${level}, ${repaired}`,
    `  ${renderBringer(audited)}`,
    ...(summary === undefined ? [] : [`  ${summary.length > 110 ? `${summary.slice(0, 109)}…` : summary}`]),
    ...(vex === undefined ? [] : [`  ${vex.status}, says ${vex.file}`]),
  ].join("\n");
}

function renderBringer({ element, asked, script }: AuditFinding["package"]): string {
  if (asked) return `element ${element} asks for it`;
  if (element !== undefined) return `came with what ${script} of element ${element} installed`;
  return script === undefined ? "nobody is known to have asked for it" : `came with what dibkit installed in ${script}`;
}

function renderSuppressed({ id, package: { name, version }, vex }: AuditFinding): string {
  const reason = [vex?.justification, vex?.impact].filter((word) => word !== undefined).join(": ");
  const who = vex?.element === undefined ? vex?.file : `element ${vex.element}`;
  return `${id}: ${name} ${version} is set aside: ${vex?.status}${reason === "" ? "" : ` (${reason})`}, says ${who}`;
}
