import type { Architecture } from "../architectures.js";
import type { Severity } from "../diagnostic.js";
import type { ElementDefinition } from "./define-element.js";
import type { ImageDefinition } from "./define-image.js";
import type { MatrixDefinition } from "./define-matrix.js";
import type { LintRuleName } from "./lint-rules.js";

/** Named sets of rule severities: `recommended` unless stated, the checks of `dib-lint` too, or everything. */
export const LINT_PRESETS = ["recommended", "upstream", "all"] as const;

export type LintPreset = (typeof LINT_PRESETS)[number];

/** Severities by rule: dibkit's own, those of suppressions, of ShellCheck (`shellcheck/SC2086`) and of plugins (`acme/x`). */
export type RuleSettings = { readonly [R in LintRuleName]?: Severity | "off" } & {
  readonly [code: `suppression-${string}` | `${string}/${string}`]: Severity | "off";
};

/** What `definePlugin` of `@dibkit/lint` returns, as far as it matters here. */
export interface PluginDefinition {
  readonly name: string;
  readonly rules?: readonly { readonly id: string }[];
  readonly presets?: Readonly<Record<string, object>>;
}

/** A distribution (`DISTRO_NAME`), maybe one release of it, and an architecture that images are built for. */
export interface LintTarget {
  /** `DISTRO_NAME`: `"debian"`. */
  readonly distro: string;
  /** `DIB_RELEASE`, any unless stated: `"bookworm"`. */
  readonly release?: string;
  /** What the image runs on: `"arm64"`. */
  readonly arch: Architecture;
}

/** What `dibkit.config.ts` may say. Paths are relative to its directory. */
export interface ProjectConfig {
  /** Modules that export elements and images (globs such as `elements/*.ts`), and definitions themselves. */
  readonly elements?: readonly (string | ElementDefinition)[];
  /** Directories of existing elements, in order of precedence; `$ELEMENTS_PATH` and upstream's come after them. */
  readonly elementsPath?: readonly string[];
  /** Rules and presets of others: packages from npm, files (`./lint/rules.ts`), or plugins themselves. */
  readonly plugins?: readonly (string | PluginDefinition)[];
  /** Named sets of rule severities that `rules` start from, those of plugins as `NAME/PRESET`; the last one wins. */
  readonly presets?: readonly (LintPreset | `${string}/${string}`)[];
  /** Severity per lint rule: `{ "deps-sorted": "off" }`. */
  readonly rules?: RuleSettings;
  /** Images of the project, besides those that the modules of `elements` export. */
  readonly images?: readonly ImageDefinition[];
  /** Matrices of images, for `dibkit matrix` and `dibkit build --all`. */
  readonly matrices?: readonly MatrixDefinition[];
  /** What packages, maps and conditions are evaluated for; every architecture of every system in reach unless stated. */
  readonly targets?: readonly LintTarget[];
  /** Variables that every build gets from outside, so that reading them is fine. */
  readonly variables?: readonly string[];
  /** Variables whose values must not be seen in logs, besides those that elements declare with `envSecret`. */
  readonly secrets?: readonly string[];
  /**
   * Variables of the caller that scripts get although nothing in the build names them: `NAME`, `PREFIX_*`, or `all`,
   * which is what upstream does.
   */
  readonly passEnvironment?: readonly string[];
  /**
   * Repositories of OCI registries that builds take layers from, in order, unless `--cache-from` or DIBKIT_CACHE_FROM
   * names some: `registry.example.org/team/cache`.
   */
  readonly cacheFrom?: readonly string[];
  /**
   * The repository that builds upload layers to, unless `--cache-to` or DIBKIT_CACHE_TO names one:
   * `registry.example.org/team/cache,mode=max`.
   */
  readonly cacheTo?: string;
  /**
   * File of the private key that signs what is uploaded, unless `--cache-sign` or DIBKIT_CACHE_SIGN names one. It is
   * relative to the project's directory.
   */
  readonly cacheSign?: string;
  /**
   * File of the project's key, with which layers are sealed and shared that could hold a secret, unless
   * `--cache-secret-key` or DIBKIT_CACHE_SECRET_KEY names one. It is relative to the project's directory.
   */
  readonly cacheSecretKey?: string;
  /**
   * Files of public keys: layers are taken only that one of them has signed, unless `--cache-trust` or
   * DIBKIT_CACHE_TRUST names some. They are relative to the project's directory.
   */
  readonly cacheTrust?: readonly string[];
}

/** A project's configuration: `export default defineConfig({…})` in `dibkit.config.ts`. */
export function defineConfig(config: ProjectConfig): ProjectConfig & { readonly dibkit: "config" } {
  return { dibkit: "config", ...config };
}
