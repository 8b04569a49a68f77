import type { BuildJob, BuildTimeline, PastBuild } from "@dibkit/runner";
import { elementDigest } from "../element-digest.js";
import type { ContainerImages } from "../fetched-by-steps.js";
import { requestedFlags } from "../requested-values.js";
import { type ImagePackages, isRemote } from "../sbom/image-parts.js";
import type { Subject } from "./image-subjects.js";
import { publicEnvironment, publicValue } from "./public-values.js";

/** What the fields of the statements mean is described in docs/proof.md under this name. */
export const BUILD_TYPE = "urn:dibkit:build:v1";
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

/** What a statement is made from. */
export interface ProvenanceRequest {
  readonly build: PastBuild;
  /** Of the build, for when it ended. */
  readonly timeline: BuildTimeline | undefined;
  /** The files it is about. */
  readonly subjects: readonly Subject[];
  /** What the image consists of. */
  readonly parts: ImagePackages;
  /** Container images that its scripts fetched. */
  readonly images: ContainerImages;
}

/** Something that went into an image: a resource descriptor of in-toto. */
interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
}

/**
 * Where an image comes from, as an in-toto statement with SLSA's provenance. The same record gives the same statement,
 * and nothing in it names a directory, a user or the machine that built the image.
 */
export async function provenanceStatement({
  build,
  timeline,
  subjects,
  parts,
  images,
}: ProvenanceRequest): Promise<object> {
  const { record, job } = build;
  const { dibkitVersion } = job.request;
  return {
    _type: STATEMENT_TYPE,
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: externalParameters(job),
        internalParameters: {
          elements: record.elements,
          ...(record.disk === undefined ? {} : { disk: record.disk.way }),
        },
        resolvedDependencies: [
          ...job.elements.map(elementResource),
          ...upstreamResource(job),
          ...parts.sources.map(({ name, location, commit }) => sourceResource(name, location, commit)),
          ...(await Promise.all(images.map(imageResource))),
          ...parts.packages.map(({ name, url }): Resource => ({ name, uri: url })),
        ],
      },
      runDetails: {
        builder: {
          id: `pkg:npm/dibkit${dibkitVersion === undefined ? "" : `@${dibkitVersion}`}`,
          ...(dibkitVersion === undefined ? {} : { version: { dibkit: dibkitVersion } }),
        },
        metadata: {
          invocationId: record.id,
          startedOn: toSecond(Date.parse(record.started)),
          ...(timeline === undefined
            ? {}
            : { finishedOn: toSecond(Date.parse(timeline.started) + timeline.seconds * 1000) }),
        },
      },
    },
  };
}

/** What the user asked for: elements, flags and the caller's variables that reached scripts. */
function externalParameters(job: BuildJob): object {
  const host = job.request.environment.HOSTNAME;
  const shown = Object.entries(requestedFlags(job.request)).map(
    ([name, value]) => [name, typeof value === "string" ? publicValue(value, host) : value] as const,
  );
  // JSON leaves out what is undefined.
  return { elements: job.request.elements, flags: Object.fromEntries(shown), environment: publicEnvironment(job) };
}

function elementResource(element: BuildJob["elements"][number]): Resource {
  const { name } = element;
  const sha256 = elementDigest(element);
  return { name, uri: `urn:dibkit:element:${encodeURIComponent(name)}`, ...(sha256 ? { digest: { sha256 } } : {}) };
}

function upstreamResource({ request: { upstreamVersion } }: BuildJob): readonly Resource[] {
  if (upstreamVersion === undefined) return [];
  return [{ name: "diskimage-builder", uri: `pkg:pypi/diskimage-builder@${encodeURIComponent(upstreamVersion)}` }];
}

function sourceResource(name: string, location: string, commit: string): Resource {
  return { name, ...(isRemote(location) ? { uri: `git+${location}@${commit}` } : {}), digest: { gitCommit: commit } };
}

/** By the standard name of an image in a registry, which keeps the name of the repository apart from its last word. */
async function imageResource({ name, digest }: ContainerImages[number]): Promise<Resource> {
  const { PackageURL } = await import("packageurl-js");
  const [, repository = name, tag] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? [];
  const [algorithm = "", value = ""] = digest.split(":");
  const qualifiers = { repository_url: repository, ...(tag === undefined ? {} : { tag }) };
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  const uri = new PackageURL("oci", undefined, last, digest, qualifiers, undefined).toString();
  return { name, uri, digest: { [algorithm]: value } };
}

/** SLSA writes times to the second. */
function toSecond(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
