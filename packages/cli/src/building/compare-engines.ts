import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type ConformanceRecord,
  type ConformanceReport,
  type ConformFailure,
  conform,
  type GivenReason,
  PROBE_NAME,
  recordReport,
  unexplained,
  writeProbeElement,
} from "@dibkit/conform";
import { inUserNamespace } from "@dibkit/exec";
import type { UpstreamInstallation } from "@dibkit/model";
import type { ExitCode } from "../command.js";
import { type Terminal, writeTail, writeTrouble } from "../terminal.js";
import type { BuildOptionValues } from "./build-options.js";
import { createBuildProgress } from "./build-progress.js";
import { conformText } from "./conform-text.js";
import { planImage } from "./plan-image.js";

export interface CompareOptions extends Omit<BuildOptionValues, "output" | "types" | "disk" | "noRecord"> {
  readonly elements: readonly string[];
  /** What upstream builds in their place. */
  readonly upstreamElements: readonly string[] | undefined;
  readonly reasons: readonly GivenReason[];
  /** Absolute. */
  readonly directory: string;
  readonly upstream: UpstreamInstallation;
  /** Compare disks too; they are made in the default way. */
  readonly disk: boolean;
  readonly record: string | undefined;
  readonly format: "text" | "json";
  readonly verbose: boolean;
}

/** `dibkit conform` once its context is known: both builds, the comparison, the report and the record. */
export async function compareEngines(options: CompareOptions, terminal: Terminal): Promise<ExitCode> {
  const { elements, upstreamElements, reasons, directory, upstream } = options;
  const probe = join(directory, "elements");
  await writeProbeElement(probe);
  const output = join(directory, "image");
  const flags = {
    ...options,
    output,
    types: options.disk ? "raw,tar" : "tar",
    disk: undefined,
    // Scripts have to see what upstream shows them.
    noRecord: false,
    network: options.network ?? (terminal.env.DIBKIT_NETWORK || "host"),
    elementsPath: [probe, ...options.elementsPath],
    // Layers of other images would show what the probe saw there: their names and directories are in no key. Those of root
    // are of no use in a user namespace.
    cacheDir: options.cacheDir ?? join(directory, inUserNamespace() ? "namespace-layers" : "layers"),
  };
  const planned = await planImage(terminal, [...elements, PROBE_NAME], flags, false);
  if (!planned.ok) return planned.exitCode;
  const progress = createBuildProgress(terminal, false, planned.plan);
  const result = await conform(
    {
      ...{ plan: planned.plan, elements, reasons, upstream, directory },
      ...(upstreamElements === undefined ? {} : { upstreamElements }),
    },
    {
      onNote: (message) => progress.show({ type: "note", message }),
      onUpstreamLine: (line) => {
        if (options.verbose) terminal.stderr.write(`  | ${line}\n`);
      },
      onEvent: progress.show,
      signal: terminal.signal,
    },
  );
  progress.end();
  if (!result.ok) return reportFailure(terminal, result.error);
  const report = result.value;
  terminal.stdout.write(options.format === "json" ? `${JSON.stringify(report, null, 2)}\n` : conformText(report));
  if (options.record !== undefined) {
    const resolved = planned.plan.job.elements.map(({ name }) => name).filter((name) => name !== PROBE_NAME);
    writeRecord(resolve(terminal.cwd, options.record), report, resolved, upstream, terminal.env.DIB_RELEASE);
  }
  return unexplained(report).length === 0 ? 0 : 1;
}

function writeRecord(
  path: string,
  report: ConformanceReport,
  resolved: readonly string[],
  upstream: UpstreamInstallation,
  release: string | undefined,
): void {
  const known: ConformanceRecord = existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as ConformanceRecord)
    : { version: 2, upstreams: {}, builds: [] };
  const upstreamElements = readdirSync(upstream.elements, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map((entry) => entry.name);
  const upstreamTestElements = upstreamElements.flatMap((name) => {
    const tests = join(upstream.elements, name, "test-elements");
    return existsSync(tests) ? readdirSync(tests).map((test) => `${name}/${test}`) : [];
  });
  const date = new Date().toISOString().slice(0, 10);
  const facts = {
    resolved,
    upstreamElements,
    upstreamTestElements,
    date,
    ...(release === undefined ? {} : { release }),
  };
  writeFileSync(path, `${JSON.stringify(recordReport(known, report, facts), null, 2)}\n`);
}

function reportFailure(terminal: Terminal, failure: ConformFailure): ExitCode {
  if (failure.kind === "no-upstream") {
    writeTrouble(terminal, failure.message, failure.help);
    return 2;
  }
  const { outcome } = failure;
  if (outcome.kind === "interrupted") {
    writeTrouble(terminal, "interrupted; nothing was left behind");
    return 130;
  }
  writeTail(terminal, outcome.tail);
  const message = outcome.kind === "failed" ? `upstream failed with exit code ${outcome.exitCode}` : outcome.message;
  writeTrouble(terminal, message, "build the elements with one of them first; only two images can be compared");
  return 3;
}
