import { shellQuote } from "@dibkit/exec";
import { ok } from "@dibkit/model";
import type { MatrixJob } from "../graph/matrix-job.js";
import { type Engine, type EngineFile, type EngineInput, labelsOf, limitsOf, retriesOf, waves } from "./engine.js";

/** Seconds before its time is up in which a job can end in order. */
const NOTICE_S = 60;

/** A job array and what it is called in `submit.sh`. */
interface Batch {
  readonly jobs: readonly MatrixJob[];
  readonly file: string;
  readonly variable: string;
}

/**
 * Slurm: jobs that need the same are one array; arrays depend on elements of others by `afterok`, and are cancelled when
 * those fail. A node that dies has its jobs queued again by Slurm itself; a script that fails is tried again at once.
 */
export const slurm: Engine = {
  render(input) {
    const batches = waves(input.graph.jobs).map((jobs, at): Batch => {
      const number = String(at).padStart(2, "0");
      return { jobs, file: `${number}-${batchName(jobs)}.sbatch`, variable: `job_${number}` };
    });
    const scripts = batches.map(({ jobs, file }): EngineFile => ({ path: file, text: renderBatch(jobs, input) }));
    return ok([...scripts, { path: "submit.sh", text: renderSubmit(batches), executable: true }]);
  },
  submit: ["./submit.sh"],
  next: 'run "./submit.sh" there; words after it go to every sbatch',
};

function batchName(jobs: readonly MatrixJob[]): string {
  const [first] = jobs;
  if (jobs.length === 1 || first === undefined) return (first?.name ?? "").replaceAll(/[^\w.-]/g, "-");
  return `${first.kind === "cell" ? "images" : "shared"}-of-${first.needs[0] ?? "all"}`.replaceAll(/[^\w.-]/g, "-");
}

function renderBatch(jobs: readonly MatrixJob[], input: EngineInput): string {
  const { settings, directory, options } = input;
  const limits = limitsOf(jobs, input);
  const [partition] = labelsOf(settings);
  const directives = [
    `--job-name=${batchName(jobs)}`,
    `--array=0-${jobs.length - 1}`,
    "--output=logs/%x-%A_%a.log",
    "--open-mode=append",
    `--time=${limits.minutes}`,
    `--signal=B:TERM@${NOTICE_S}`,
    "--requeue",
    "--kill-on-invalid-dep=yes",
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(limits.cpus === undefined ? [] : [`--cpus-per-task=${limits.cpus}`]),
    ...(limits.memory === undefined ? [] : [`--mem=${limits.memory}M`]),
    ...(limits.disk === undefined ? [] : [`--tmp=${limits.disk}M`]),
  ];
  const { dibkit = "dibkit", prepare = [] } = settings;
  const images = '"${DIBKIT_OUTPUTS:-build/images}"';
  return `#!/bin/bash
${directives.map((one) => `#SBATCH ${one}\n`).join("")}
# Written by "dibkit matrix render slurm".
set -euo pipefail
jobs=(${jobs.map(({ name }) => shellQuote(name)).join(" ")})
job=\${jobs[$SLURM_ARRAY_TASK_ID]}
cd ${shellQuote(directory)}
# Every node keeps its own layers, on a disk of its own.
export DIBKIT_CACHE=\${DIBKIT_NODE_CACHE:-/var/tmp/dibkit}/$SLURMD_NODENAME
${prepare.map((line) => `${line}\n`).join("")}
child=
trap 'test -z "$child" || kill -TERM "$child"' TERM
code=0
for ((try = 0; try <= ${retriesOf(settings)}; try++)); do
  echo "$(date -Is) $job on $SLURMD_NODENAME, try $((try + 1))"
  ${dibkit} matrix run "$job" ${options.map(shellQuote).join(" ")} -o ${images} &
  child=$!
  code=0
  wait "$child" || code=$?
  # A signal ends the waiting before the child.
  while kill -0 "$child" 2>/dev/null; do code=0; wait "$child" || code=$?; done
  # 3 is a build that failed; nothing else gets better by another try.
  test "$code" = 3 || break
done
exit "$code"
`;
}

function renderSubmit(batches: readonly Batch[]): string {
  const position = new Map(
    batches.flatMap(({ jobs, variable }) => jobs.map(({ name }, at) => [name, { variable, at }])),
  );
  const lines = batches.map(({ jobs, file, variable }) => {
    const needs = jobs[0]?.needs ?? [];
    const ids = needs.flatMap((name) => {
      const found = position.get(name);
      return found === undefined ? [] : [`"\${${found.variable}}"_${found.at}`];
    });
    const dependency = ids.length === 0 ? "" : `--dependency=afterok:${ids.join(":")} `;
    const names = jobs.map(({ name }) => name).join(" ");
    return `${variable}=$(sbatch --parsable ${dependency}"$@" ${file})\n${variable}=\${${variable}%%;*}\necho "$${variable} ${names}"\n`;
  });
  return `#!/bin/bash
# Written by "dibkit matrix render slurm": submits the jobs, each after those it needs. Words given to it go to sbatch.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p logs
${lines.join("")}`;
}
