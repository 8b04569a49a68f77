/** The words of a command that publishes an image, given the paths of its files. */
export type PublishCommand = (files: readonly string[]) => readonly string[] | undefined;

/** How the jobs of a matrix run in an engine. What is left out comes from past builds, or from the engine. */
export interface JobSettings {
  /** Shell lines that make a machine ready before dibkit is called, such as `npm ci`. */
  readonly prepare?: readonly string[];
  /** How dibkit is called; `dibkit` unless stated: `npx dibkit`. */
  readonly dibkit?: string;
  /** The container image that jobs run in, with Node and the host tools: Kubernetes needs one, GitHub and GitLab may have one. */
  readonly container?: string;
  /** Slurm's partition, GitHub's runner labels, GitLab's tags, Kubernetes' `LABEL=VALUE` of nodes, Zuul's node label. */
  readonly runsOn?: string | readonly string[];
  /** How often a job that failed is tried again; once unless stated. */
  readonly retries?: number;
  /** Minutes after which a job is ended; three times what it took before, and an hour when nobody knows, unless stated. */
  readonly minutes?: number;
  /** Cores. */
  readonly cpus?: number;
  /** Memory in MiB; half as much again as past builds had at their peak, unless stated. */
  readonly memory?: number;
  /** Space for layers and outputs in MiB; twice that of past builds unless stated. */
  readonly disk?: number;
}
