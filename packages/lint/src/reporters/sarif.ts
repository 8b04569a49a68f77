import { relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, Location, Severity } from "@dibkit/model";
import { fingerprint } from "../fingerprint.js";
import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";
import type { RuleTexts } from "../rule.js";

const LEVEL: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

export default defineReporter({
  name: "sarif",
  summary: "SARIF 2.1.0, for code scanning",
  render(result, { cwd, version, rules }) {
    const codes = [...new Set(result.diagnostics.map((diagnostic) => diagnostic.code))].sort();
    const seen = new Map<string, number>();
    const results = result.diagnostics.map((diagnostic) => ({
      ruleId: diagnostic.code,
      ruleIndex: codes.indexOf(diagnostic.code),
      level: LEVEL[diagnostic.severity],
      message: {
        text: diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`,
      },
      locations: diagnostic.location ? [sarifLocation(diagnostic.location, cwd)] : [],
      ...(diagnostic.related?.length && {
        relatedLocations: diagnostic.related.map((related, index) => ({
          id: index + 1,
          ...sarifLocation(related.location, cwd),
          message: { text: related.message },
        })),
      }),
      partialFingerprints: { "dibkit/v1": fingerprint(diagnostic, cwd, seen) },
      ...fixes(diagnostic, cwd),
    }));
    const run = {
      tool: {
        driver: {
          name: "dibkit",
          version,
          semanticVersion: version,
          rules: codes.map((code) => descriptor(code, rules.get(code))),
        },
      },
      originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(cwd).href.replace(/\/$/, "")}/` } },
      columnKind: "utf16CodeUnits",
      results,
    };
    const schema = "https://json.schemastore.org/sarif-2.1.0.json";
    return `${JSON.stringify({ $schema: schema, version: "2.1.0", runs: [run] }, null, 2)}\n`;
  },
});

function descriptor(code: string, rule: RuleTexts | undefined) {
  if (rule === undefined) return { id: code };
  return {
    id: code,
    name: code,
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why },
    help: {
      text: `${rule.why}\n\n${rule.fix}`,
      markdown: `${rule.why}\n\n**What upstream does:** ${rule.upstream}\n\n**How to repair it:** ${rule.fix}`,
    },
    defaultConfiguration: { level: LEVEL[rule.severity] },
  };
}

function sarifLocation(location: Location, cwd: string) {
  const { line, column, endLine, endColumn } = placed({ location }, cwd);
  const hasText = location.source.text !== "";
  return {
    physicalLocation: {
      artifactLocation: artifact(location.source.path, cwd),
      ...(hasText && { region: { startLine: line, startColumn: column, endLine, endColumn } }),
    },
  };
}

/** Relative to the working directory where possible, as code scanning wants it. */
function artifact(path: string, cwd: string) {
  const inside = relative(cwd, path);
  if (inside.startsWith("..")) return { uri: pathToFileURL(path).href };
  const uri = inside
    .split(sep)
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, "\uFFFD")))
    .join("/");
  return { uri: uri === "" ? "." : uri, uriBaseId: "SRCROOT" };
}

/** SARIF knows replacements only; mode bits and names are left to `--fix`. */
function fixes({ fix, location }: Diagnostic, cwd: string) {
  const edits = fix?.edits.filter((edit) => edit.kind === "replace" && edit.path === location?.source.path) ?? [];
  if (fix === undefined || location === undefined || edits.length !== fix.edits.length || edits.length === 0) return {};
  const replacements = edits.flatMap((edit) => {
    if (edit.kind !== "replace") return [];
    const { line, column, endLine, endColumn } = placed(
      { location: { ...location, start: edit.start, end: edit.end } },
      cwd,
    );
    return [
      {
        deletedRegion: { startLine: line, startColumn: column, endLine, endColumn },
        insertedContent: { text: edit.text },
      },
    ];
  });
  const artifactLocation = artifact(location.source.path, cwd);
  return { fixes: [{ description: { text: fix.title }, artifactChanges: [{ artifactLocation, replacements }] }] };
}
