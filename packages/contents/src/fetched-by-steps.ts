import type { Fetched, LayerStore, PastBuild, StepLabel } from "@dibkit/runner";

/** Container images by name and digest, as a step notes them. */
export type ContainerImages = NonNullable<PastBuild["record"]["steps"][number]["images"]>;

/** What a step of a build has fetched. */
export interface StepFetches {
  /** `script` is absent for the files of `environment.d`, which run before the scripts of the phase. */
  readonly label: Pick<StepLabel, "phase" | "element"> & { readonly script?: string };
  /** Undefined when nobody watched the step: it had the host's network. */
  readonly fetched: readonly Fetched[] | undefined;
  /** Why it had that; absent in records of earlier versions. */
  readonly unwatched?: string;
  /** What container engines fetched in it. */
  readonly images: ContainerImages;
  /** Neither it nor a step before it could see the value of a secret, so that others may have what it fetched. */
  readonly secretFree: boolean;
}

/** What the steps of a build have fetched, in their order; a step whose layer was used again, when that was made. */
export async function fetchedBySteps(store: LayerStore, { record, job }: PastBuild): Promise<readonly StepFetches[]> {
  const { steps, environmentFetches = {} } = record;
  const hasNoSecrets = job.secrets.length === 0;
  const all: StepFetches[] = [];
  for (const [index, step] of steps.entries()) {
    const { label, layer } = step;
    const ofPhase = environmentFetches[label.phase] ?? [];
    if (steps[index - 1]?.label.phase !== label.phase && ofPhase.length > 0) {
      all.push({ label: { phase: label.phase }, fetched: ofPhase, images: [], secretFree: hasNoSecrets });
    }
    const entry = layer === undefined ? undefined : await store.named(layer);
    const { network, unwatched, images = [] } = entry?.kind === "step" ? entry : step;
    const secretFree = entry === undefined ? hasNoSecrets : entry.secretFree === true;
    all.push({
      label,
      fetched: network?.fetched,
      images,
      secretFree,
      ...(unwatched === undefined ? {} : { unwatched }),
    });
  }
  return all;
}
