export { applyReplacements } from "@dibkit/model";
export { authorLocation } from "./author-location.js";
export { applyBaseline, type Baseline, createBaseline, parseBaseline } from "./baseline.js";
export type { BuildContext } from "./build-context.js";
export { checkPlugin, clashProblems, problem as pluginProblem } from "./check-plugin.js";
export { compareDiagnostics } from "./compare-diagnostics.js";
export * from "./configuration.js";
export { type DiscoveredElements, discoverElements, isMeant } from "./discover-elements.js";
export type { ElementContext, SyntaxVerdict } from "./element-context.js";
export { ignoredDibLintChecks } from "./ignored-dib-lint-checks.js";
export { lint } from "./lint.js";
export type { LintRequest, LintResult } from "./lint-elements.js";
export { type LintedImageFile, lintImageFile } from "./lint-image-file.js";
export type { LintTools } from "./lint-tools.js";
export {
  CONFIGURATION_FILE,
  checkConfiguration,
  type LoadedConfiguration,
  loadConfiguration,
  unknownPluginRules,
} from "./load-configuration.js";
export { placed, shownPath } from "./placed.js";
export { type FixPlan, planFixes } from "./plan-fixes.js";
export { planSuppressions, type SuppressionPlan } from "./plan-suppressions.js";
export { definePlugin, type LintPlugin, type LoadedPlugin, type PluginPreset } from "./plugin.js";
export { renderFinding } from "./render-finding.js";
export type { Reporter, ReportOptions } from "./reporter.js";
export { reporters } from "./reporters/index.js";
export * from "./rule.js";
export { rules } from "./rules/index.js";
export type { ScriptFile } from "./script-file.js";
export { parseShellcheck, SHELLCHECK_CODES, type ShellcheckComment } from "./shellcheck.js";
export { statistics } from "./statistics.js";
export { countsOf, isFailure } from "./summary.js";
export { withPresets } from "./with-presets.js";
export { type WrittenFixes, writeFixes } from "./write-fixes.js";
export { xmlText } from "./xml-text.js";
