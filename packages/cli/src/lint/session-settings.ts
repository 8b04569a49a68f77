import type { LintConfiguration, LoadedConfiguration, Rule, WrittenConfiguration } from "@dibkit/lint";
import type { Diagnostic, ImageDefinition, ProjectConfig, Result } from "@dibkit/model";
import { loadPlugins, type NamedPlugin } from "./load-plugins.js";

export interface SettingsInput {
  /** The `dibkit.config.ts` and what it says; empty without one. */
  readonly project: { readonly path: string | undefined; readonly config: ProjectConfig };
  /** Images in TypeScript that are to be looked at. */
  readonly images: readonly ImageDefinition[];
  /** The `.dibkitrc.json`. */
  readonly file: LoadedConfiguration | undefined;
  /** Preset of the command line. */
  readonly preset: string | undefined;
}

/** What the linter goes by. */
export interface SessionSettings {
  /** dibkit's rules and those of plugins. */
  readonly rules: readonly Rule[];
  readonly configuration: LintConfiguration;
}

/** Puts both configurations together, with the rules and presets of the plugins they name; or says all that is wrong. */
export async function sessionSettings(input: SettingsInput): Promise<Result<SessionSettings, readonly Diagnostic[]>> {
  const { project, file, preset } = input;
  const { rules: own, unknownPluginRules, withPresets } = await import("@dibkit/lint");
  const { plugins, diagnostics } = await loadPlugins([
    ...named(project.config.plugins, project.path),
    ...named(file?.configuration.plugins, file?.path),
  ]);
  if (diagnostics.length > 0) return { ok: false, error: diagnostics };
  const written = merged(await ofProject(project.config, input.images), file?.configuration ?? {});
  const settled = withPresets({ ...written, ...(preset !== undefined && { preset }) }, plugins);
  const rules = [...own, ...plugins.flatMap((plugin) => plugin.rules)];
  const source = file?.source ?? { path: project.path ?? "", text: "" };
  const settings = [written.rules, ...(written.overrides ?? []).map((override) => override.rules)];
  const problems = [
    ...settled.diagnostics,
    ...settings.flatMap((severities) => unknownPluginRules(severities ?? {}, rules, source)),
  ];
  if (problems.length > 0) return { ok: false, error: problems };
  return { ok: true, value: { rules, configuration: settled.configuration } };
}

/** `.dibkitrc.json` has the last word over `dibkit.config.ts`. */
function merged(first: WrittenConfiguration, last: WrittenConfiguration): WrittenConfiguration {
  return {
    ...first,
    ...last,
    rules: { ...first.rules, ...last.rules },
    images: [...(first.images ?? []), ...(last.images ?? [])],
    variables: [...(first.variables ?? []), ...(last.variables ?? [])],
  };
}

function named(plugins: ProjectConfig["plugins"] | undefined, configuration: string | undefined): NamedPlugin[] {
  if (configuration === undefined) return [];
  return (plugins ?? []).map((plugin) => ({ plugin: plugin as NamedPlugin["plugin"], configuration }));
}

/** Settings and images of a `dibkit.config.ts` and of modules. */
async function ofProject(config: ProjectConfig, images: readonly ImageDefinition[]): Promise<WrittenConfiguration> {
  const locate = images.length === 0 ? undefined : (await import("@dibkit/compile")).locate;
  return {
    ...(config.presets && { preset: config.presets }),
    ...(config.rules && { rules: config.rules as NonNullable<LintConfiguration["rules"]> }),
    ...(config.targets && { targets: config.targets }),
    ...(config.variables && { variables: config.variables }),
    images: images.map((image) => ({
      ...locate?.(image.site),
      name: image.name,
      elements: image.elements.map((element) => element.name),
      ...(image.arch !== undefined && { arch: image.arch }),
      environment: {
        ...Object.fromEntries(Object.entries(image.environment ?? {}).map(([name, value]) => [name, String(value)])),
        ...(image.blockDevice && { DIB_BLOCK_DEVICE_CONFIG: JSON.stringify(image.blockDevice) }),
      },
    })),
  };
}
