import type { Diagnostic, Severity } from "@dibkit/model";
import picomatch from "picomatch";
import type { LintConfiguration, RuleSetting } from "./configuration.js";
import type { Rule } from "./rule.js";

/** What the configuration says about one rule in one file. */
export interface Settings {
  isOn(rule: Rule): boolean;
  /** Whether findings are wanted that are only a matter of style. */
  readonly style: boolean;
  severityOf(diagnostic: Diagnostic, rule: Rule | undefined): Severity | "off";
}

/** `base` is the directory that the globs of the configuration are relative to. */
export function settingsOf(configuration: LintConfiguration, only: readonly string[], base: string): Settings {
  const preset = configuration.preset ?? "recommended";
  const rules = configuration.rules ?? {};
  const overrides = (configuration.overrides ?? []).map((override) => ({
    matches: picomatch([...override.files], { dot: true }),
    rules: override.rules,
  }));
  const ignored = configuration.ignore?.length ? picomatch([...configuration.ignore], { dot: true }) : () => false;
  const wanted = new Set(only);

  function defaultOf(rule: Rule): RuleSetting {
    if (wanted.size > 0) return wanted.has(rule.id) ? rule.severity : "off";
    return rules[rule.id] ?? (rule.style && preset === "recommended" ? "off" : rule.severity);
  }

  return {
    style: preset !== "recommended",
    isOn: (rule) => {
      if (defaultOf(rule) !== "off") return true;
      return wanted.size === 0 && overrides.some((override) => (override.rules[rule.id] ?? "off") !== "off");
    },
    severityOf: (diagnostic, rule) => {
      const path = diagnostic.location?.source.path;
      const relative = path?.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
      if (relative !== undefined && ignored(relative)) return "off";
      let setting = rule === undefined ? (rules[diagnostic.code] ?? diagnostic.severity) : defaultOf(rule);
      for (const override of overrides) {
        const changed = override.rules[diagnostic.code];
        if (changed !== undefined && relative !== undefined && override.matches(relative)) setting = changed;
      }
      const asked = rules[diagnostic.code] !== undefined || setting !== rule?.severity;
      // A finding that weighs less than its rule keeps its weight unless the configuration sets one.
      return setting === "off" || asked ? setting : diagnostic.severity;
    },
  };
}
