import { ok } from "@dibkit/model";
import { stringify } from "yaml";
import type { MatrixJob } from "../graph/matrix-job.js";
import { type Engine, type EngineInput, labelsOf, limitsOf, waves } from "./engine.js";
import { IMAGES, jobScript, plainNames } from "./job-command.js";

/**
 * GitHub Actions: one workflow. Shared jobs are jobs of their own, so that what fails keeps back only what needs it; the
 * cells behind one of them are a matrix.
 */
export const github: Engine = {
  render(input) {
    const groups = waves(input.graph.jobs).flatMap((jobs) =>
      jobs[0]?.kind === "cell" ? [jobs] : jobs.map((job) => [job]),
    );
    const names = plainNames(input.graph.jobs.map(({ name }) => name));
    const groupOf = new Map(groups.flatMap((jobs) => jobs.map(({ name }) => [name, idOf(jobs, names)])));
    const workflow = {
      name: `images of ${input.graph.matrix}`,
      on: { push: { branches: ["main"] }, workflow_dispatch: null },
      permissions: { contents: "read", ...(isGithubRegistry(input) ? { packages: "write" } : {}) },
      // Two runs at once would build the same.
      concurrency: { group: `dibkit-${input.graph.matrix}-\${{ github.ref }}` },
      defaults: { run: { shell: "bash", "working-directory": input.inRepository } },
      jobs: Object.fromEntries(groups.map((jobs) => [idOf(jobs, names), renderJob(jobs, input, groupOf)])),
    };
    const head = '# Written by "dibkit matrix render github": commit it as .github/workflows/images.yml.\n';
    return ok([{ path: `${input.graph.matrix}.yml`, text: `${head}${stringify(workflow, { lineWidth: 0 })}` }]);
  },
  next: "copy the workflow to .github/workflows, and commit it",
};

function idOf(jobs: readonly MatrixJob[], names: ReadonlyMap<string, string>): string {
  const [first] = jobs;
  const name = (wanted: string | undefined) => names.get(wanted ?? "") ?? "";
  return first?.kind !== "cell" ? name(first?.name) : `images-${name(first.needs[0]) || name(first.name)}`;
}

function isGithubRegistry({ repository }: EngineInput): boolean {
  return repository.startsWith("ghcr.io/");
}

function renderJob(jobs: readonly MatrixJob[], input: EngineInput, groupOf: ReadonlyMap<string, string>) {
  const [first] = jobs;
  const { container } = input.settings;
  const { minutes } = limitsOf(jobs, input);
  const labels = labelsOf(input.settings);
  const needs = [...new Set(first?.needs.flatMap((name) => groupOf.get(name) ?? []) ?? [])];
  const isCell = first?.kind === "cell";
  const logs = isCell ? "logs of ${{ matrix.job }}" : `logs of ${first?.name ?? ""}`;
  return {
    "runs-on": labels.length === 0 ? "ubuntu-latest" : labels.length === 1 ? labels[0] : [...labels],
    "timeout-minutes": minutes,
    ...(needs.length === 0 ? {} : { needs }),
    ...(isCell ? { strategy: { "fail-fast": false, matrix: { job: jobs.map(({ name }) => name) } } } : {}),
    ...(container === undefined ? {} : { container: { image: container, options: "--privileged" } }),
    env: { JOB: isCell ? "${{ matrix.job }}" : (first?.name ?? "") },
    steps: [
      { uses: "actions/checkout@v4" },
      loginStep(input),
      {
        name: "build",
        env: { DIBKIT_CACHE: "${{ runner.temp }}/dibkit" },
        run: `${jobScript(input, '"$JOB"').join("\n")}\n`,
      },
      ...(isCell
        ? [
            {
              uses: "actions/upload-artifact@v4",
              with: {
                name: "${{ matrix.job }}",
                path: `${inRepository(input, IMAGES)}/\${{ matrix.job }}.*`,
                "if-no-files-found": "error",
              },
            },
          ]
        : []),
      {
        if: "failure()",
        uses: "actions/upload-artifact@v4",
        with: { name: logs, path: "${{ runner.temp }}/dibkit/builds/*/logs" },
      },
    ],
  };
}

function inRepository({ inRepository: directory }: EngineInput, path: string): string {
  return directory === "." ? path : `${directory}/${path}`;
}

/** Writes what docker's own login would keep, where the repository has the secrets for it. */
function loginStep(input: EngineInput) {
  const registry = input.repository.split("/")[0] ?? "";
  const own = isGithubRegistry(input);
  return {
    name: "log in to the registry",
    if: "env.REGISTRY_PASSWORD != ''",
    env: {
      REGISTRY_USER: own ? "${{ github.actor }}" : "${{ secrets.REGISTRY_USER }}",
      REGISTRY_PASSWORD: own ? "${{ secrets.GITHUB_TOKEN }}" : "${{ secrets.REGISTRY_PASSWORD }}",
    },
    run: `umask 077
auth=$(printf '%s:%s' "$REGISTRY_USER" "$REGISTRY_PASSWORD" | base64 -w 0)
printf '{"auths":{"%s":{"auth":"%s"}}}' ${registry} "$auth" > "$RUNNER_TEMP/registry.json"
echo "REGISTRY_AUTH_FILE=$RUNNER_TEMP/registry.json" >> "$GITHUB_ENV"
`,
  };
}
