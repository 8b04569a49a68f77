import { ANOTHER_PATH, systemTrouble } from "@dibkit/model";
import { createCommandRunner } from "../command-runner.js";
import { findProgram } from "../find-program.js";
import type { HostProbe, ProbeOutcome } from "./host-probe.js";
import type { DoctorTool } from "./host-tools.js";

export interface ToolReport extends DoctorTool {
  /** Absolute path; undefined when it is missing. */
  readonly path: string | undefined;
  /** Version of the Debian package; undefined when it is missing, or not from a package. */
  readonly version: string | undefined;
}

export interface ProbeReport extends ProbeOutcome {
  readonly name: string;
  readonly purpose: string;
}

export interface HostReport {
  readonly tools: readonly ToolReport[];
  readonly probes: readonly ProbeReport[];
  /** Nothing that every build needs is missing. */
  readonly healthy: boolean;
}

/** Looks at every host tool and every ability of the machine that builds need. Changes nothing. */
export async function examineHost(options: {
  readonly tools: readonly DoctorTool[];
  /** In the order in which one thing needs the one before. */
  readonly probes: readonly HostProbe[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory whose filesystem builds will use. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}): Promise<HostReport> {
  const runner = createCommandRunner(options.signal ? { signal: options.signal } : {});
  const versions = await packageVersions(runner, options.tools);
  const tools = options.tools.map((tool) => {
    const path = findProgram(tool.program, options.env);
    return { ...tool, path, version: path === undefined ? undefined : versions.get(tool.debianPackage) };
  });
  const probes: ProbeReport[] = [];
  const context = { runner, env: options.env, scratch: options.scratch };
  for (const { name, purpose, after = [], probe } of options.probes) {
    const lack = probes.find((earlier) => after.includes(earlier.name) && earlier.status === "missing");
    const outcome = lack === undefined ? await probe(context).catch(outcomeOf) : notTried(lack);
    probes.push({ name, purpose, ...outcome });
  }
  const lacksTool = tools.some((tool) => tool.always && tool.path === undefined);
  return { tools, probes, healthy: !lacksTool && probes.every(({ status }) => status !== "missing") };
}

/** Its remedy would be that of another trouble. */
function notTried({ name }: ProbeReport): ProbeOutcome {
  return { status: "missing", found: "not tried", help: `see "${name}"` };
}

/** What cannot be tried, because a probe has no place for its files, is limited, and the table goes on. */
function outcomeOf(error: unknown): ProbeOutcome {
  const trouble = systemTrouble(error);
  if (trouble === undefined) throw error;
  const help = trouble.help.replace(ANOTHER_PATH, "set TMPDIR to a directory that you may write");
  return { status: "limited", found: trouble.message, help };
}

async function packageVersions(
  runner: ReturnType<typeof createCommandRunner>,
  tools: readonly DoctorTool[],
): Promise<ReadonlyMap<string, string>> {
  const packages = [...new Set(tools.map((tool) => tool.debianPackage))];
  const lines: string[] = [];
  const format = "-f=${Package} ${Version}\\n";
  // dpkg-query fails when one of them is not installed, and still lists the others.
  await runner.run(["dpkg-query", "-W", format, ...packages], {
    onOutput: (line, stream) => void (stream === "stdout" && lines.push(line)),
  });
  return new Map(lines.map((line) => line.split(" ") as [string, string]).filter(([, version]) => version));
}
