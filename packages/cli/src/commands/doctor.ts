import type { HostReport } from "@dibkit/exec";
import { defineCommand } from "../command.js";
import type { Terminal } from "../terminal.js";
import { writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "doctor",
  group: "build",
  summary: "show which host tools and abilities builds need, and which are missing",
  description: "Exits with 1 when something that every build needs is missing.",
  options: {
    fix: { type: "boolean", summary: "install the Debian packages of all missing tools" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
  },
  examples: [
    { command: "dibkit doctor", does: "shows the table" },
    { command: "sudo dibkit doctor --fix", does: "installs what is missing" },
  ],
  async run({ options }, terminal) {
    const { examineHost } = await import("@dibkit/exec");
    const { neededAbilities, neededTools } = await import("../doctor/host-needs.js");
    const scratch = terminal.env.TMPDIR || "/tmp";
    const examine = () =>
      examineHost({
        tools: neededTools,
        probes: neededAbilities,
        env: terminal.env,
        scratch,
        signal: terminal.signal,
      });
    let report = await examine();
    if (options.fix && report.tools.some((tool) => tool.path === undefined)) {
      if (!(await fix(report, terminal))) return 1;
      report = await examine();
    }
    terminal.stdout.write(options.format === "json" ? reportJson(report) : await reportText(report, terminal));
    return report.healthy ? 0 : 1;
  },
});

async function fix(report: HostReport, terminal: Terminal): Promise<boolean> {
  const { installPackages } = await import("@dibkit/exec");
  const packages = packagesToInstall(report);
  terminal.stderr.write(`installing ${packages.join(" ")}\n`);
  const onOutput = (line: string) => terminal.stderr.write(`  ${line}\n`);
  const installed = await installPackages(packages, { env: terminal.env, onOutput, signal: terminal.signal });
  if (installed.ok) return true;
  const list = packages.join(", ");
  switch (installed.error.kind) {
    case "no-apt":
      writeTrouble(terminal, `cannot install ${list}: this machine has no apt-get`, "install them by other means");
      return false;
    case "no-rights":
      writeTrouble(terminal, `cannot install ${list}: not root, and sudo asks for a password`, "run it with sudo");
      return false;
    case "apt-failed":
      writeTrouble(terminal, `apt-get could not install ${list}`, "see the lines above");
      return false;
  }
}

function packagesToInstall(report: HostReport): readonly string[] {
  const missing = report.tools.filter((tool) => tool.path === undefined);
  return [...new Set(missing.map((tool) => tool.debianPackage))].sort();
}

/** `{version: 1, healthy, tools: [{tool, purpose, package, always, path, version}], probes: [{name, purpose, status, found, help?}]}`. */
function reportJson(report: HostReport): string {
  const tools = report.tools.map(({ program, purpose, debianPackage, always, path, version }) => ({
    tool: program,
    purpose,
    package: debianPackage,
    always,
    path: path ?? null,
    version: version ?? null,
  }));
  return `${JSON.stringify({ version: 1, healthy: report.healthy, tools, probes: report.probes }, null, 2)}\n`;
}

async function reportText(report: HostReport, terminal: Terminal): Promise<string> {
  const { Chalk } = await import("chalk");
  const paint = new Chalk({ level: terminal.color ? 1 : 0 });
  const marks = { ok: paint.green("ok     "), limited: paint.yellow("limited"), missing: paint.red("missing") };
  const tools = report.tools.map((tool) => {
    const status = tool.path === undefined ? (tool.always ? "missing" : "limited") : "ok";
    const found = tool.path === undefined ? `install ${tool.debianPackage}` : (tool.version ?? tool.path);
    return {
      mark: status === "limited" ? paint.yellow("absent ") : marks[status],
      name: tool.program,
      found,
      purpose: tool.purpose,
      help: undefined,
    };
  });
  const probes = report.probes.map((probe) => ({ ...probe, mark: marks[probe.status], help: probe.help }));
  const rows = [...tools, ...probes];
  const nameWidth = Math.max(...rows.map((row) => row.name.length));
  const foundWidth = Math.min(44, Math.max(...tools.map((row) => row.found.length)));
  const lines = rows.map(({ mark, name, found, purpose, help }) => {
    const line = `${mark}  ${name.padEnd(nameWidth)}  ${found.padEnd(foundWidth)}  needed to ${purpose}`;
    return help === undefined ? line : `${line}\n         ${paint.dim(`help: ${help}`)}`;
  });
  const packages = packagesToInstall(report);
  if (packages.length > 0) lines.push("", `to get all of them: apt-get install ${packages.join(" ")}`);
  const verdict = report.healthy ? "this machine can build images" : "this machine cannot build images yet";
  return `${[...lines, "", verdict].join("\n")}\n`;
}
