import type { GivenReason } from "@dibkit/conform";
import type { Result } from "@dibkit/model";
import { buildOptions } from "../building/build-options.js";
import { defineCommand } from "../command.js";
import { type Terminal, usageFailure } from "../terminal.js";

// Its own --record is another thing, and its scripts have the host's network as it is.
const { output: _output, types: _types, noRecord: _noRecord, ...flags } = buildOptions;

export default defineCommand({
  name: "conform",
  group: "inspect",
  summary: "build with upstream and with dibkit, and compare the images",
  description:
    "Builds the same elements with the installed diskimage-builder and with dibkit, and compares file trees, packages,\nfstab, partition tables, filesystems, and what scripts of every phase see. Differences that must be have a reason;\nany other makes the command end with 1. Upstream runs in a sandbox with stand-ins for sudo and, without device-mapper,\nfor kpartx. An ordinary user compares with what upstream has built as root in the same --keep.",
  arguments: [{ name: "ELEMENT", summary: "elements of the image", required: true, variadic: true }],
  options: {
    ...flags,
    network: { ...flags.network, summary: "what scripts of dibkit's build reach, by default what upstream's do: host" },
    disk: { type: "boolean", summary: "compare the disk too, not only the tree" },
    upstreamElements: {
      type: "string",
      value: "ELEMENTS",
      summary: 'what upstream builds in the place of ELEMENT…, such as "vm debian-minimal"',
    },
    reasons: {
      type: "string",
      value: "FILE",
      summary: 'a JSON list of { "aspect", "subject", "reason" } that explains further differences',
    },
    keep: { type: "string", value: "DIR", summary: "build in DIR, and use what upstream built there before" },
    record: { type: "string", value: "FILE", summary: "note the result in FILE, such as docs/conformance.json" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    verbose: { type: "boolean", short: "v", summary: "show everything that upstream prints" },
  },
  examples: [
    { command: "dibkit conform debian-minimal", does: "compares the trees of that image" },
    { command: "dibkit conform vm debian-minimal --disk", does: "compares the disks too" },
    {
      command: 'dibkit conform vm debian-express --upstream-elements "vm debian-minimal"',
      does: "compares an element with the one that it takes the place of",
    },
  ],
  namespace: "build",
  async run({ arguments: words, options }, terminal) {
    const [
      { INSTALL_UPSTREAM, upstreamInstallation },
      { mkdirSync, mkdtempSync, rmSync },
      { join, resolve },
      { tmpdir },
    ] = await Promise.all([import("@dibkit/model"), import("node:fs"), import("node:path"), import("node:os")]);
    const upstream = upstreamInstallation(terminal.env);
    if (upstream === undefined) {
      return usageFailure(
        terminal,
        "diskimage-builder is not installed, and there is nothing to compare with",
        INSTALL_UPSTREAM,
      );
    }
    const reasons = await readReasons(options.reasons, terminal);
    if (!reasons.ok)
      return usageFailure(terminal, `"${options.reasons}" ${reasons.error}`, 'see "dibkit conform --help"');
    const upstreamElements = options.upstreamElements?.split(/\s+/).filter(Boolean);
    const kept = options.keep === undefined ? undefined : resolve(terminal.cwd, options.keep);
    if (kept !== undefined) mkdirSync(kept, { recursive: true });
    const directory = kept ?? mkdtempSync(join(tmpdir(), "dibkit-conform-"));
    try {
      const { compareEngines } = await import("../building/compare-engines.js");
      const given = { elements: words.ELEMENT, upstreamElements, reasons: reasons.value, directory, upstream };
      return await compareEngines({ ...options, ...given }, terminal);
    } finally {
      if (kept === undefined) rmSync(directory, { recursive: true, force: true });
    }
  },
});

async function readReasons(
  file: string | undefined,
  { cwd }: Pick<Terminal, "cwd">,
): Promise<Result<readonly GivenReason[], string>> {
  if (file === undefined) return { ok: true, value: [] };
  const [{ parseReasons }, { readNamedFile }, { resolve }] = await Promise.all([
    import("@dibkit/conform"),
    import("@dibkit/model"),
    import("node:path"),
  ]);
  return parseReasons((await readNamedFile(resolve(cwd, file))).toString());
}
