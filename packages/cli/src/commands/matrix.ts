import { defineCommand } from "../command.js";
import { buildOptionsOf, matrixOptions } from "../matrix/matrix-options.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "matrix",
  group: "build",
  summary: "show the jobs of a matrix of images, run them here or in an engine",
  description:
    "show draws the jobs; run does one of them, as engines call it; status says from the registry alone what is done;\nrender writes the jobs as an engine takes them: slurm, kubernetes, github, gitlab, zuul.",
  arguments: [
    { name: "ACTION", summary: "what to do, by default show", choices: ["show", "run", "status", "render"] },
    { name: "JOB|ENGINE", summary: "for run: the name of a job; for render: the engine" },
  ],
  options: {
    output: {
      ...{ type: "string", short: "o", value: "DIR" },
      summary: "for run: where images go (default .); for render: where files go (default build/ENGINE)",
    },
    submit: { type: "boolean", summary: "for render: hand the jobs to slurm (sbatch) or kubernetes (kubectl)" },
    verbose: { type: "boolean", short: "v", summary: "show everything that scripts print" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...matrixOptions,
  },
  examples: [
    { command: "dibkit matrix", does: "shows cells, shared steps, jobs and how long they will take" },
    { command: "dibkit matrix run web-trixie-shared", does: "builds what the cells of trixie begin with" },
    { command: "dibkit matrix status", does: "says which jobs the registry knows to be done" },
    { command: "dibkit matrix render gitlab", does: "writes a child pipeline" },
    { command: "dibkit matrix render slurm --submit", does: "writes the jobs of a cluster, and submits them" },
  ],
  namespace: "layers",
  async run({ arguments: words, options: given }, terminal) {
    const { ACTION: action = "show", "JOB|ENGINE": name } = words;
    const { output, submit, verbose, format, matrix, ...rest } = given;
    const options = buildOptionsOf({ ...rest, matrix });
    if (submit && action !== "render") return usageFailure(terminal, '--submit belongs to "dibkit matrix render"');
    if (name !== undefined && (action === "show" || action === "status"))
      return usageFailure(terminal, `"dibkit matrix ${action}" takes no "${name}"`, "choose a matrix with --matrix");
    if (action === "render") {
      const { renderMatrix } = await import("../matrix/render-matrix.js");
      return renderMatrix(terminal, { engine: name, matrix, options, output, submit });
    }
    const { planMatrix } = await import("../matrix/plan-matrix.js");
    const planning = await planMatrix(terminal, matrix, options, verbose);
    if (!planning.ok) return planning.exitCode;
    const { planned } = planning;
    if (action === "run") {
      const { runNamedJob } = await import("../matrix/run-job.js");
      return runNamedJob(terminal, planned, name, { options, verbose, directory: output ?? "." });
    }
    if (action === "status") {
      const { matrixStatus } = await import("../matrix/matrix-status.js");
      return matrixStatus(terminal, planned, options, format === "json");
    }
    const [{ estimateJobs, totalSeconds }, { pastJobs }, { recordsRepository }, { matrixDocument, showMatrix }] =
      await Promise.all([
        import("@dibkit/fleet"),
        import("../matrix/past-jobs.js"),
        import("../matrix/open-records.js"),
        import("../matrix/show-matrix.js"),
      ]);
    const { graph, project } = planned;
    const past = await pastJobs(terminal, graph, options, recordsRepository(terminal, options, project));
    const estimates = estimateJobs(graph, past);
    const shown = { graph, estimates, total: totalSeconds(graph, estimates) };
    if (format === "json") terminal.stdout.write(`${JSON.stringify(matrixDocument(shown), null, 2)}\n`);
    else showMatrix(terminal, shown);
    return 0;
  },
});
