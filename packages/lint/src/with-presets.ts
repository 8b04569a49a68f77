import { type Diagnostic, LINT_PRESETS, type LintPreset, nearestName } from "@dibkit/model";
import type { LintConfiguration, WrittenConfiguration } from "./configuration.js";
import type { LoadedPlugin, PluginPreset } from "./plugin.js";
import { quoted } from "./words.js";

export interface WithPresets {
  readonly configuration: LintConfiguration;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts the settings of the presets of plugins beneath those of the configuration. Of several presets the later one wins,
 * each wins over the one that it starts from, and what the configuration says itself wins over all.
 */
export function withPresets(written: WrittenConfiguration, plugins: readonly LoadedPlugin[]): WithPresets {
  const shared = new Map<string, PluginPreset>(
    plugins.flatMap(({ name, presets }) =>
      Object.entries(presets).map(([preset, settings]) => [`${name}/${preset}`, settings] as const),
    ),
  );
  const layers: PluginPreset[] = [];
  const diagnostics: Diagnostic[] = [];
  let own: LintPreset | undefined;
  const take = (name: string, trail: readonly string[]): void => {
    if (isOwn(name)) {
      own = name;
      return;
    }
    const settings = shared.get(name);
    if (settings === undefined) diagnostics.push(unknown(name, [...shared.keys()]));
    else if (trail.includes(name)) diagnostics.push(circle([...trail, name]));
    else {
      if (settings.preset !== undefined) take(settings.preset, [...trail, name]);
      layers.push(settings);
    }
  };
  const { preset, plugins: _loaded, ...rest } = written;
  for (const name of typeof preset === "string" ? [preset] : (preset ?? [])) take(name, []);
  layers.push(rest);
  const configuration: LintConfiguration = {
    ...rest,
    ...(own !== undefined && { preset: own }),
    rules: Object.assign({}, ...layers.map(({ rules }) => rules)),
    overrides: layers.flatMap(({ overrides }) => overrides ?? []),
    ignore: layers.flatMap(({ ignore }) => ignore ?? []),
    variables: layers.flatMap(({ variables }) => variables ?? []),
  };
  return { configuration, diagnostics };
}

function isOwn(preset: string): preset is LintPreset {
  return (LINT_PRESETS as readonly string[]).includes(preset);
}

function unknown(name: string, shared: readonly string[]): Diagnostic {
  const legal = [...LINT_PRESETS, ...shared];
  const meant = nearestName(name, legal);
  const help = meant === undefined ? `use one of ${quoted(legal)}` : `did you mean "${meant}"?`;
  return { code: "configuration", severity: "error", message: `there is no preset "${name}"`, help };
}

function circle(names: readonly string[]): Diagnostic {
  const message = `preset "${names[0]}" starts from itself: ${names.join(" → ")}`;
  return { code: "configuration", severity: "error", message, help: 'start one of them from "recommended" or "all"' };
}
