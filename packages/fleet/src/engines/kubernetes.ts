import { shellQuote } from "@dibkit/exec";
import { err, ok } from "@dibkit/model";
import { stringify } from "yaml";
import type { MatrixJob } from "../graph/matrix-job.js";
import {
  type Engine,
  type EngineFile,
  type EngineInput,
  type EngineTrouble,
  labelsOf,
  limitsOf,
  retriesOf,
  waves,
} from "./engine.js";
import { jobScript, plainNames } from "./job-command.js";

/** Jobs that need the same: one indexed Job, in a file of its own. */
interface Wave {
  readonly jobs: readonly MatrixJob[];
  /** Name of the Job. */
  readonly name: string;
  readonly file: string;
}

/** Seconds after which Kubernetes forgets what has ended. */
const KEPT_S = 7 * 86_400;

/**
 * Kubernetes: jobs that need the same are one indexed Job. Kubernetes knows no order of Jobs, so `submit.sh` creates each
 * when the index that it needs is complete. Nothing is shared but the registry: no volume outlives a pod.
 */
export const kubernetes: Engine = {
  render(input) {
    const { container } = input.settings;
    const trouble = troubleOf(input);
    if (container === undefined || trouble !== undefined) return err(trouble ?? NO_CONTAINER);
    const names = plainNames(waves(input.graph.jobs).map((jobs) => waveName(jobs, input.graph.matrix)));
    const all = waves(input.graph.jobs).map((jobs, at): Wave => {
      const name = names.get(waveName(jobs, input.graph.matrix)) ?? "";
      return { jobs, name, file: `${String(at).padStart(2, "0")}-${name}.yaml` };
    });
    const files = all.map(
      (wave): EngineFile => ({ path: wave.file, text: stringify(manifest(wave, container, input), { lineWidth: 0 }) }),
    );
    return ok([...files, { path: "submit.sh", text: renderSubmit(all), executable: true }]);
  },
  submit: ["./submit.sh"],
  next: 'run "./submit.sh" there; words after it go to every kubectl, such as --namespace images',
};

const NO_CONTAINER: EngineTrouble = {
  message: "Kubernetes has to know in which container image jobs run",
  help: 'name one that has dibkit, its host tools and the project with "container" in "jobs" of the matrix',
};

function troubleOf({ settings }: EngineInput): EngineTrouble | undefined {
  const wrong = labelsOf(settings).find((label) => !/^[\w./-]+=[\w.-]*$/.test(label));
  if (wrong === undefined) return undefined;
  return { message: `"${wrong}" in "runsOn" is not a label of a node`, help: "write it as LABEL=VALUE" };
}

function waveName(jobs: readonly MatrixJob[], matrix: string): string {
  const [first] = jobs;
  if (first?.kind === "publish") return `${matrix}-publish`;
  if (jobs.length === 1) return first?.name ?? matrix;
  return `${first?.needs[0] ?? matrix}-${first?.kind === "cell" ? "images" : "next"}`;
}

function manifest({ jobs, name }: Wave, container: string, input: EngineInput) {
  const { matrix } = input.graph;
  const limits = limitsOf(jobs, input);
  const selector = labelsOf(input.settings).map((label) => label.split("=", 2) as [string, string]);
  const list = `jobs=(${jobs.map((job) => shellQuote(job.name)).join(" ")})`;
  const script = ["set -euo pipefail", list, "job=${jobs[$JOB_COMPLETION_INDEX]}", ...jobScript(input, '"$job"')];
  const requests = {
    ...(limits.cpus === undefined ? {} : { cpu: String(limits.cpus) }),
    ...(limits.memory === undefined ? {} : { memory: `${limits.memory}Mi` }),
    ...(limits.disk === undefined ? {} : { "ephemeral-storage": `${limits.disk}Mi` }),
  };
  const labels = { "app.kubernetes.io/name": "dibkit", "dibkit/matrix": matrix };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels },
    spec: {
      completionMode: "Indexed",
      completions: jobs.length,
      parallelism: jobs.length,
      // Of each index, so that one image that cannot be built keeps no other back.
      backoffLimitPerIndex: retriesOf(input.settings),
      ttlSecondsAfterFinished: KEPT_S,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          activeDeadlineSeconds: limits.minutes * 60,
          ...(selector.length === 0 ? {} : { nodeSelector: Object.fromEntries(selector) }),
          containers: [
            {
              name: "dibkit",
              image: container,
              command: ["bash", "-c", `${script.join("\n")}\n`],
              env: [
                { name: "DIBKIT_CACHE", value: "/var/tmp/dibkit" },
                { name: "REGISTRY_AUTH_FILE", value: "/run/registry/.dockerconfigjson" },
              ],
              // Builds mount filesystems.
              securityContext: { privileged: true },
              ...(Object.keys(requests).length === 0 ? {} : { resources: { requests } }),
              volumeMounts: [
                { name: "layers", mountPath: "/var/tmp/dibkit" },
                { name: "registry", mountPath: "/run/registry", readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "layers", emptyDir: {} },
            { name: "registry", secret: { secretName: "dibkit-registry", optional: true } },
          ],
        },
      },
    },
  };
}

function renderSubmit(all: readonly Wave[]): string {
  const placeOf = new Map(all.flatMap(({ jobs, name }) => jobs.map((job, at) => [job.name, `${name}:${at}`] as const)));
  const lines = all.map(({ jobs, file }) => {
    const needs = (jobs[0]?.needs ?? []).flatMap((name) => placeOf.get(name) ?? []);
    return `create ${[file, ...needs].join(" ")} &`;
  });
  return `#!/bin/bash
# Written by "dibkit matrix render kubernetes": creates each Job when what it needs is complete, and stays until all have
# begun. Words given to it go to kubectl.
set -euo pipefail
cd "$(dirname "$0")"
words=("$@")

# Whether a list such as 0,2-4 has a number.
has() {
  local part parts
  IFS=, read -ra parts <<< "$1"
  for part in \${parts[@]+"\${parts[@]}"}; do
    if [ "$2" -ge "\${part%-*}" ] && [ "$2" -le "\${part#*-}" ]; then return 0; fi
  done
  return 1
}

# Waits for an index of a Job, which may not have been created yet; fails when the index or the Job has.
complete() {
  local job=\${1%:*} index=\${1#*:} done_ failed
  while true; do
    if [ -e "$state/$job.left-out" ]; then return 1; fi
    done_=$(kubectl \${words[@]+"\${words[@]}"} get job "$job" --ignore-not-found -o 'jsonpath={.status.completedIndexes}')
    if has "$done_" "$index"; then return 0; fi
    failed=$(kubectl \${words[@]+"\${words[@]}"} get job "$job" --ignore-not-found -o 'jsonpath={.status.failedIndexes}')
    if has "$failed" "$index"; then return 1; fi
    sleep "\${DIBKIT_POLL_SECONDS:-10}"
  done
}

create() {
  local file=$1 name need
  shift
  name=\${file#*-}
  name=\${name%.yaml}
  for need in "$@"; do
    if ! complete "$need"; then
      echo "$name is left out, because \${need%:*} index \${need#*:}, which it needs, has failed" >&2
      touch "$state/$name.left-out"
      return 1
    fi
  done
  kubectl \${words[@]+"\${words[@]}"} create -f "$file"
}

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
# What an earlier call has left would be taken for what this one does.
kubectl \${words[@]+"\${words[@]}"} delete --ignore-not-found ${all.map(({ name }) => `job/${name}`).join(" ")}
pids=()
${lines.map((line) => `${line}\npids+=($!)\n`).join("")}code=0
for pid in "\${pids[@]}"; do wait "$pid" || code=1; done
exit "$code"
`;
}
