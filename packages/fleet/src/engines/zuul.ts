import { err, ok } from "@dibkit/model";
import { stringify } from "yaml";
import type { MatrixJob } from "../graph/matrix-job.js";
import { type Engine, type EngineInput, labelsOf, limitsOf, retriesOf } from "./engine.js";
import { IMAGES, jobScript } from "./job-command.js";

const PLAYBOOK = "playbooks/dibkit-matrix.yaml";

/**
 * Zuul: a job for each job, with `dependencies`, that run one playbook. A semaphore keeps builders from all pulling from
 * the registry at the same time; another one lets one run publish.
 */
export const zuul: Engine = {
  render(input) {
    const { matrix, jobs } = input.graph;
    const [label] = labelsOf(input.settings);
    if (label === undefined) {
      const help = 'name a label of your Nodepool with "runsOn" in "jobs" of the matrix';
      return err({ message: "Zuul has to know on which nodes jobs run", help });
    }
    const names = new Map(jobs.map(({ name, kind }) => [name, kind === "publish" ? `${matrix}-${name}` : name]));
    const nameOf = (name: string) => names.get(name) ?? name;
    const document = [
      { semaphore: { name: `dibkit-${matrix}`, max: 10 } },
      { semaphore: { name: `dibkit-${matrix}-publish`, max: 1 } },
      {
        job: {
          name: `dibkit-${matrix}`,
          abstract: true,
          run: PLAYBOOK,
          attempts: retriesOf(input.settings) + 1,
          nodeset: { nodes: [{ name: "builder", label }] },
          semaphores: [{ name: `dibkit-${matrix}` }],
        },
      },
      ...jobs.map((job) => ({ job: renderJob(job, input, nameOf) })),
      {
        project: {
          post: {
            jobs: jobs.map(({ name, needs }) =>
              needs.length === 0 ? nameOf(name) : { [nameOf(name)]: { dependencies: needs.map(nameOf) } },
            ),
          },
        },
      },
    ];
    const head = '# Written by "dibkit matrix render zuul".\n';
    const render = (value: unknown) => `${head}${stringify(value, { lineWidth: 0 })}`;
    return ok([
      { path: `zuul.d/dibkit-${matrix}.yaml`, text: render(document) },
      { path: PLAYBOOK, text: render(playbook(input)) },
    ]);
  },
  next: "commit both files in your repository; playbooks are run from its root",
};

function renderJob(job: MatrixJob, input: EngineInput, nameOf: (name: string) => string) {
  const { minutes } = limitsOf([job], input);
  const { matrix } = input.graph;
  const what = {
    shared: `the layers that ${job.cells.length} images begin with`,
    cell: "an image",
    publish: "all images",
  };
  return {
    name: nameOf(job.name),
    parent: `dibkit-${matrix}`,
    description: `${job.kind === "publish" ? "Publishes" : "Builds"} ${what[job.kind]}.`,
    timeout: minutes * 60,
    ...(job.kind === "publish" ? { semaphores: [{ name: `dibkit-${matrix}-publish` }] } : {}),
    vars: { dibkit_job: job.name },
  };
}

/** Does the job, and brings images and logs to where Zuul keeps them, whatever came of it. */
function playbook(input: EngineInput) {
  const { inRepository } = input;
  const directory = `{{ zuul.project.src_dir }}${inRepository === "." ? "" : `/${inRepository}`}`;
  const fetch = (what: string, src: string, dest: string) => ({
    name: what,
    synchronize: { mode: "pull", src, dest },
    failed_when: false,
  });
  return [
    {
      hosts: "all",
      tasks: [
        {
          block: [
            {
              name: "build",
              shell: {
                cmd: `${jobScript(input, '"{{ dibkit_job }}"').join("\n")}\n`,
                chdir: directory,
                executable: "/bin/bash",
              },
              environment: { DIBKIT_CACHE: "{{ ansible_user_dir }}/dibkit" },
            },
          ],
          always: [
            fetch(
              "keep the images",
              `{{ ansible_user_dir }}/${directory}/${IMAGES}/`,
              "{{ zuul.executor.log_root }}/images/",
            ),
            fetch("keep the logs", "{{ ansible_user_dir }}/dibkit/builds/", "{{ zuul.executor.log_root }}/builds/"),
          ],
        },
      ],
    },
  ];
}
