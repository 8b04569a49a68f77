import type { LintPreset, Location, Severity } from "@dibkit/model";

/** Stands for the distribution while no operating-system element is in reach. */
export const ANY_DISTRO = "any distribution";

/** One combination to evaluate packages and maps for. */
export interface Target {
  /** `DISTRO_NAME`, e.g. `debian`. */
  readonly distro: string;
  /** `DIB_RELEASE`, e.g. `trixie`; undefined when it is not known. */
  readonly release?: string;
  /** `ARCH`, e.g. `amd64`. */
  readonly arch: string;
}

/** A set of elements that is built together. */
export interface ImageConfiguration {
  readonly name: string;
  readonly elements: readonly string[];
  readonly arch?: string;
  /** Variables set for the build. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where an image file defines it. */
  readonly location?: Location;
  /** Where it names its elements. */
  readonly places?: ReadonlyMap<string, Location>;
  /** Do not add `base`. */
  readonly skipBase?: boolean;
}

export type RuleSetting = Severity | "off";
export type PresetName = LintPreset;

/** What `.dibkitrc.json` and `lint` in `dibkit.config.ts` may say. */
export interface LintConfiguration {
  readonly preset?: PresetName;
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  /** Settings for files that match a glob, relative to the configuration, such as `elements/legacy/**`. */
  readonly overrides?: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, RuleSetting>>;
  }[];
  /** Globs of files to say nothing about. */
  readonly ignore?: readonly string[];
  readonly elementsPath?: readonly string[];
  readonly images?: readonly ImageConfiguration[];
  readonly targets?: readonly Target[];
  /** Variables that are given to builds from outside, so that reading them is fine. */
  readonly variables?: readonly string[];
  /** Whether to run ShellCheck. Unless stated it is run when it is installed, once for each text. */
  readonly shellcheck?: boolean;
}
