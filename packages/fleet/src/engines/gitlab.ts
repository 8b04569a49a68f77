import { ok } from "@dibkit/model";
import { stringify } from "yaml";
import type { MatrixJob } from "../graph/matrix-job.js";
import { type Engine, type EngineInput, labelsOf, limitsOf } from "./engine.js";
import { IMAGES, jobCommand } from "./job-command.js";

const STAGES = { shared: "shared", cell: "images", publish: "publish" } as const;
/** GitLab takes no more. */
const MOST_RETRIES = 2;
const LOGS = ".dibkit/builds/*/logs/";

/** GitLab: a child pipeline of jobs with `needs`, and the two jobs of a parent pipeline that write and trigger it. */
export const gitlab: Engine = {
  render(input) {
    const { matrix, jobs } = input.graph;
    const child = {
      // One pipeline for whatever triggers it: the parent decides.
      workflow: { rules: [{ when: "always" }] },
      stages: [...new Set(jobs.map(({ kind }) => STAGES[kind]))],
      ...Object.fromEntries(jobs.map((job) => [job.name, renderJob(job, input)])),
    };
    const write = `${matrix}: write the jobs`;
    const path = `${matrix}.yml`;
    const { dibkit = "dibkit", prepare = [], container } = input.settings;
    const labels = labelsOf(input.settings);
    const parent = {
      [write]: {
        ...(container === undefined ? {} : { image: container }),
        ...(labels.length === 0 ? {} : { tags: [...labels] }),
        script: [
          ...inDirectory(input),
          ...prepare,
          `${dibkit} matrix render gitlab ${renderOptions(input)} -o "$CI_PROJECT_DIR/dibkit-jobs"`,
        ],
        artifacts: { paths: ["dibkit-jobs/"] },
      },
      [matrix]: {
        needs: [write],
        trigger: { include: [{ artifact: `dibkit-jobs/${path}`, job: write }], strategy: "depend" },
      },
    };
    const head = '# Written by "dibkit matrix render gitlab"';
    const render = (value: unknown) => stringify(value, { lineWidth: 0 });
    return ok([
      { path, text: `${head}: a child pipeline.\n${render(child)}` },
      {
        path: "parent.gitlab-ci.yml",
        text: `${head}: include it in .gitlab-ci.yml, to have the jobs written anew each time.\n${render(parent)}`,
      },
    ]);
  },
  next: "include parent.gitlab-ci.yml in your .gitlab-ci.yml, or trigger the child pipeline yourself",
};

function renderJob(job: MatrixJob, input: EngineInput) {
  const { cpus, memory, disk, minutes } = limitsOf([job], input);
  const { container, retries = 1, prepare = [] } = input.settings;
  const labels = labelsOf(input.settings);
  const images = input.inRepository === "." ? IMAGES : `${input.inRepository}/${IMAGES}`;
  return {
    stage: STAGES[job.kind],
    needs: job.needs.map((name) => ({ job: name, artifacts: false })),
    ...(container === undefined ? {} : { image: container }),
    ...(labels.length === 0 ? {} : { tags: [...labels] }),
    variables: {
      DIBKIT_CACHE: "$CI_PROJECT_DIR/.dibkit",
      // For runners that run jobs in Kubernetes.
      ...(cpus === undefined ? {} : { KUBERNETES_CPU_REQUEST: String(cpus) }),
      ...(memory === undefined ? {} : { KUBERNETES_MEMORY_REQUEST: `${memory}Mi` }),
      ...(disk === undefined ? {} : { KUBERNETES_EPHEMERAL_STORAGE_REQUEST: `${disk}Mi` }),
    },
    timeout: `${minutes} minutes`,
    ...(retries === 0
      ? {}
      : { retry: { max: Math.min(retries, MOST_RETRIES), when: ["runner_system_failure", "script_failure"] } }),
    script: [...inDirectory(input), ...login(input), ...prepare, jobCommand(input, `'${job.name}'`)],
    artifacts: {
      when: "always",
      paths: [...(job.kind === "cell" ? [`${images}/${job.name}.*`] : []), LOGS],
      expire_in: "1 week",
    },
  };
}

function inDirectory({ inRepository }: EngineInput): readonly string[] {
  return inRepository === "." ? [] : [`cd '${inRepository}'`];
}

/** GitLab's own registry takes the job's token; for others the runner's machine has a login, or `prepare` makes one. */
function login({ repository }: EngineInput): readonly string[] {
  const registry = repository.split("/")[0] ?? "";
  const auth = `$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | base64 -w 0)`;
  const file = '"$CI_PROJECT_DIR/.registry.json"';
  return [
    `if [ "\${CI_REGISTRY:-}" = '${registry}' ]; then printf '{"auths":{"%s":{"auth":"%s"}}}' '${registry}' "${auth}" > ${file}; export REGISTRY_AUTH_FILE=${file}; fi`,
  ];
}

function renderOptions({ options }: EngineInput): string {
  return options.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
