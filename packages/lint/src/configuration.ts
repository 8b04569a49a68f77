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
  readonly locations?: ReadonlyMap<string, Location>;
  /** Do not add `base`. */
  readonly skipBase?: boolean;
}

export type RuleSetting = Severity | "off";
export type PresetName = LintPreset;

/** What the linter goes by: what `.dibkitrc.json` and `dibkit.config.ts` say, with presets of plugins put in. */
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

/** What a person writes: presets by name, those of plugins too, and where the plugins are. */
export interface WrittenConfiguration extends Omit<LintConfiguration, "preset"> {
  /** `recommended` unless stated, `upstream`, `all`, or `NAME/PRESET` of a plugin; of several the later one wins. */
  readonly preset?: string | readonly string[];
  /** Packages from npm (`acme-dibkit`) and files (`./lint/rules.ts`) with rules and presets of others. */
  readonly plugins?: readonly string[];
}
