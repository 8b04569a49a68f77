import type { RuleSetting } from "./configuration.js";
import type { Rule } from "./rule.js";

/** Settings that several repositories share: what `.dibkitrc.json` may say, but for what belongs to one directory. */
export interface PluginPreset {
  /** The preset it starts from: `recommended` unless stated, `upstream`, `all`, or another one of plugins. */
  readonly preset?: string;
  /** Severities by rule; those of this and other plugins have their name in front, such as `acme/hook-prefix`. */
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly overrides?: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, RuleSetting>>;
  }[];
  readonly ignore?: readonly string[];
  readonly variables?: readonly string[];
}

/** Rules and presets of others. `plugins` of a configuration names the package or file whose default export it is. */
export interface LintPlugin {
  /** Lower-case letters, digits and dashes. Codes are `NAME/RULE`, presets `NAME/PRESET`. */
  readonly name: string;
  /** What `defineRule`, `defineGraphRule` and `defineImageFileRule` return, with ids that do not name the plugin. */
  readonly rules?: readonly Rule[];
  /** Shared settings by name. */
  readonly presets?: Readonly<Record<string, PluginPreset>>;
}

/** A plugin whose parts have been checked. */
export interface LoadedPlugin {
  readonly name: string;
  /** The module or package it came from, as a message names it. */
  readonly from: string;
  /** With codes `NAME/RULE`. */
  readonly rules: readonly Rule[];
  readonly presets: Readonly<Record<string, PluginPreset>>;
}

/**
 * Declares a plugin, so that an editor knows its fields; what it returns is the default export of a package or file.
 *
 * @example export default definePlugin({ name: "acme", rules: [hookPrefix], presets: { strict: { preset: "all" } } });
 */
export function definePlugin(plugin: LintPlugin): LintPlugin {
  return plugin;
}
