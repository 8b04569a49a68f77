import type { ChecksumAlgorithm } from "@dibkit/model";
import type { TrustedKey } from "@dibkit/registry";
import type { BuildLock } from "./build-lock.js";

/** What to build and how: the flags of `disk-image-create` as data, with defaults filled in. Pure JSON. */
export interface BuildRequest {
  /** Elements asked for, in the order given. */
  readonly elements: readonly string[];
  /** Architecture in Debian's words. */
  readonly architecture: string;
  /** `-o`: path of the outputs without their suffix, absolute or relative to `workingDirectory`. */
  readonly imageName: string;
  /** `-t`. */
  readonly formats: readonly string[];
  /** `-x`, counted. */
  readonly trace: number;
  /** `-u` turns it off. */
  readonly compress: boolean;
  /** `-c`. */
  readonly clearEnvironment: boolean;
  /** False with `-n`. */
  readonly base: boolean;
  /** `-p`, in order. */
  readonly packages: readonly string[];
  /** `--checksum`, `DIB_CHECKSUM`: which sums to write beside every output. */
  readonly checksums: readonly ChecksumAlgorithm[];
  /** `--image-size`, in GB as upstream reads it. */
  readonly imageSize?: string;
  /** `--image-extra-size`, in MB as upstream's code reads it. */
  readonly imageExtraSize?: string;
  readonly imageCache: string;
  readonly lockFiles: string;
  readonly maxOnlineResize?: string;
  /** `--min-tmpfs`, in GiB: how much memory there must be for the build to use it. */
  readonly minTmpfs?: number;
  readonly journalSize?: string;
  readonly mkfsOptions?: string;
  readonly noTmpfs: boolean;
  readonly offline: boolean;
  readonly qemuImgOptions?: string;
  readonly rootLabel?: string;
  /** Set for ramdisk builds: `ramdisk`, or `--ramdisk-element`. */
  readonly ramdiskElement?: string;
  /** `--install-type`: `source` unless given. */
  readonly installType: string;
  readonly dockerTarget?: string;
  /** `--disk`: `auto` unless given. */
  readonly disk?: string;
  readonly logFile?: string;
  /** The command line's own words, for `DIB_ARGS`. */
  readonly arguments: readonly string[];
  /** The caller's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the caller that scripts get although nothing in the build names them: names, `PREFIX_*`, or `all`. */
  readonly passEnvironment?: readonly string[];
  /** `--network`: what scripts reach; the host's network when it is absent. */
  readonly network?: string;
  /** What scripts may fetch, of a build that makes a lock or is held to one; `network` is `recorded` then. */
  readonly lock?: BuildLock;
  readonly workingDirectory: string;
  /** Version of the diskimage-builder in use, such as `3.13.0`; missing where it cannot be told. */
  readonly upstreamVersion?: string;
  /** Version of the dibkit that builds. */
  readonly dibkitVersion?: string;
  /** Where layers are kept. */
  readonly store: string;
  /** Names of variables whose values must not be seen, besides those that elements declare. */
  readonly secrets?: readonly string[];
  /** Bytes that the store may have after the build; the least recently used layers go first. */
  readonly cacheSize?: number;
  /** False: `store` is of this build only, and removed at its end. */
  readonly keepLayers?: boolean;
  /** Registries that are asked for layers, in order: `REGISTRY/REPOSITORY[,tls-verify=false]`. */
  readonly cacheFrom?: readonly string[];
  /** The registry that layers are uploaded to: `REGISTRY/REPOSITORY[,mode=min|max][,tls-verify=false]`. */
  readonly cacheTo?: string;
  /** File of the private key that signs what is uploaded. */
  readonly cacheSign?: string;
  /** File of the project's key, with which layers are shared that could hold a secret. */
  readonly cacheSecretKey?: string;
  /** Files of the public keys one of which has to have signed what is taken. */
  readonly cacheTrust?: readonly string[];
  /** The keys in them, and the public half of that of `cacheSign`, as planning has read them; undefined: anybody's. */
  readonly trustedKeys?: readonly TrustedKey[];
  /** Bring layers from registries as far as they go, and run and write nothing: the build ends as an interrupted one. */
  readonly pullOnly?: boolean;
  /**
   * End well after this step, such as `install.d/50-nginx` or `dibkit/prepare-root`, before there is a disk: for its layer
   * and those before it, which other images have in common. There are no outputs then.
   */
  readonly stopAfter?: string;
  /** Run every step even when a layer of it exists. */
  readonly refresh: boolean;
  /** Run a step again when its layer is older: `12h`, `7d`; `install.d=7d` is about the steps of one phase. */
  readonly maxAge?: string;
}
