import {
  type Catalog,
  type Diagnostic,
  type Element,
  type SourceText,
  type UpstreamInReach,
  viewsOf,
} from "@dibkit/model";
import { initShell, ShellNotReady } from "@dibkit/shell";
import { askSyntax } from "./ask-syntax.js";
import { askedOnce } from "./asked-once.js";
import { authorFix } from "./author-fix.js";
import { authorLocation, fileOfSource } from "./author-location.js";
import { catalogFacts } from "./catalog-facts.js";
import { compareDiagnostics } from "./compare-diagnostics.js";
import { type Composition, composeElement, composeImage } from "./composition.js";
import type { ImageConfiguration, LintConfiguration, Target } from "./configuration.js";
import { type ElementContext, elementContext, type SyntaxVerdict } from "./element-context.js";
import { type BrokenRules, guarded } from "./guard-rule.js";
import { inLintedTree } from "./in-linted-tree.js";
import type { LintTools } from "./lint-tools.js";
import { nextTurn } from "./next-turn.js";
import { type RepositoryVariables, repositoryVariables } from "./repository-variables.js";
import type { Finding, Rule } from "./rule.js";
import { rules as allRules } from "./rules/index.js";
import { setAsideHugeFiles } from "./set-aside-huge-files.js";
import { settingsOf } from "./settings.js";
import { askShellcheck, shellcheckFindings } from "./shellcheck-findings.js";
import { type FileSuppressions, isSuppressed, suppressionFindings, suppressionsOf } from "./suppressions.js";
import { targetsOf } from "./targets.js";
import { upstreamMissing } from "./upstream-missing.js";

export interface LintRequest {
  readonly catalog: Catalog;
  /** Elements to report on; the rest of the catalog is only looked up. */
  readonly elements: readonly Element[];
  readonly configuration?: LintConfiguration;
  /** Directory that globs of the configuration are relative to. */
  readonly base?: string;
  /** Run only these rules. */
  readonly only?: readonly string[];
  /** Checks that `[dib-lint] ignore` of a tox.ini turns off. */
  readonly ignoredDibLintChecks?: readonly string[];
  readonly tools?: LintTools;
  /** Findings made before, such as those of TypeScript modules; they are reported with the rest. */
  readonly diagnostics?: readonly Diagnostic[];
  /** The diskimage-builder that builds are made with: see `upstreamInReach`. */
  readonly upstream?: UpstreamInReach;
  /** The rules to know; all of dibkit's by default. */
  readonly rules?: readonly Rule[];
}

export interface LintResult {
  /** Sorted by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that comments, pragmas or settings silenced. */
  readonly suppressed: number;
  readonly files: number;
  readonly elements: number;
  /** Paths of the files that were looked at, those without findings too. */
  readonly checkedFiles: readonly string[];
}

/**
 * Lints elements by themselves, each with what it depends on, and the images of the configuration. Reads no file: it
 * knows what it is given, in a browser too.
 */
export async function lintElements(request: LintRequest): Promise<LintResult> {
  const asked = { ...request, tools: askedOnce(request.tools ?? {}) };
  try {
    return await lintAll(asked);
  } catch (error) {
    // The bash grammar is loaded when the first script is met that no fact store knows; what was read is not read again.
    if (!(error instanceof ShellNotReady)) throw error;
    await initShell();
    return lintAll(asked);
  }
}

async function lintAll(request: LintRequest): Promise<LintResult> {
  const { configuration = {}, tools = {}, rules = allRules } = request;
  const settings = settingsOf(configuration, request.only ?? [], request.base ?? "/");
  const wanted = rules.filter((rule) => settings.isOn(rule));
  const active = wanted.filter((rule) => !(rule.needsUpstream && request.catalog.lacksUpstream));
  const { catalog, elements: readable, diagnostics } = setAsideHugeFiles(request.catalog, request.elements);
  const elements = readable.flatMap(withTestElements);
  const images = configuration.images ?? [];
  const targets = targetsOf(configuration, catalog);
  const verdicts = new Map<SourceText, SyntaxVerdict>();
  const verdict = ({ source }: { readonly source: SourceText }) => verdicts.get(source);
  const contexts = new Map<Element, ElementContext>();
  const contextOf = (element: Element): ElementContext => {
    const known = contexts.get(element);
    if (known) return known;
    const made = elementContext({ element, catalog, targets, bashVerdict: verdict, pythonVerdict: verdict });
    contexts.set(element, made);
    return made;
  };
  const checked = elements.map(contextOf);
  for (const [source, verdict] of await askSyntax(checked, active, tools)) verdicts.set(source, verdict);
  const comments = (request.only ?? []).length === 0 ? askShellcheck(checked, tools) : undefined;

  const readText = tools.readText ?? (() => undefined);
  const broken: BrokenRules = new Map();
  const own: readonly Diagnostic[] = [
    ...(request.diagnostics ?? []),
    ...(wanted.some(({ kind }) => kind === "graph") ? upstreamMissing(catalog, elements, images) : []),
    ...diagnostics,
    ...(await ofEach(checked, (context) => elementFindings(context, active, settings.style, broken))),
    ...(await graphFindings(elements, images, {
      catalog,
      configuration,
      targets,
      rules: active,
      contextOf,
      readText,
      upstream: request.upstream,
      style: settings.style,
      broken,
      repository: repositoryVariables(tools.repositoryTexts ?? (() => [])),
    })),
  ];
  const found = [...own, ...broken.values(), ...shellcheckFindings(checked, (await comments) ?? new Map(), own)];
  return finish(found, checked, request, rules, settings);
}

/** `test-elements/<case>` directories are elements too. */
function withTestElements(element: Element): readonly Element[] {
  return [element, ...viewsOf(element).testElements.value];
}

/** Other programs look at scripts while the rules do, so they get a turn behind each element. */
async function ofEach<Item>(items: readonly Item[], findings: (item: Item) => Diagnostic[]): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const item of items) {
    found.push(...findings(item));
    await nextTurn();
  }
  return found;
}

function elementFindings(
  context: ElementContext,
  rules: readonly Rule[],
  style: boolean,
  broken: BrokenRules,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    if (rule.kind !== "element") continue;
    for (const finding of guarded(rule, `element "${context.element.name}"`, () => rule.check(context), broken)) {
      if (style || !finding.style) found.push(diagnosticOf(rule, finding, context.element));
    }
  }
  return found;
}

interface GraphInput {
  readonly catalog: Catalog;
  readonly configuration: LintConfiguration;
  readonly targets: readonly Target[];
  readonly rules: readonly Rule[];
  readonly contextOf: (element: Element) => ElementContext;
  readonly readText: (path: string) => string | undefined;
  readonly upstream: UpstreamInReach | undefined;
  readonly repository: RepositoryVariables;
  readonly style: boolean;
  readonly broken: BrokenRules;
}

async function graphFindings(
  elements: readonly Element[],
  images: readonly ImageConfiguration[],
  input: GraphInput,
): Promise<Diagnostic[]> {
  const rules = input.rules.filter((rule) => rule.kind === "graph");
  const facts = catalogFacts(input.catalog);
  const variables = new Set(input.configuration.variables ?? []);
  const check = (composition: Composition, focus: Element | undefined) => {
    const found: Diagnostic[] = [];
    const context = { ...input, composition, facts, focus, variables };
    const subject = focus === undefined ? `image "${composition.name}"` : `element "${focus.name}"`;
    // What is wrong with an image as a whole is shown where an image file names it.
    const location = composition.image?.location;
    for (const rule of rules) {
      for (const finding of guarded(rule, subject, () => rule.check(context), input.broken)) {
        if (finding.style && !input.style) continue;
        const shown = inLintedTree(finding, focus === undefined ? elements : [focus]);
        found.push({ ...(location && { location }), ...diagnosticOf(rule, shown, focus) });
      }
    }
    return found;
  };
  // A test element, and one hidden by an earlier path, is not what its name means in the catalog.
  const meant = elements.filter((element) => input.catalog.elements.get(element.name) === element);
  return unique([
    ...(await ofEach(meant, (element) => check(composeElement(input.catalog, element.name), element))),
    ...(await ofEach(images, (image) => check(composeImage(input.catalog, image), undefined))),
  ]);
}

function unique(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ code, message, location }) => {
    const key = `${code}\0${message}\0${location?.source.path}\0${location?.start}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function diagnosticOf(rule: Rule, { style: _style, ...finding }: Finding, element: Element | undefined): Diagnostic {
  const name = finding.element ?? element?.name;
  return {
    severity: rule.severity,
    ...finding,
    message: shortened(finding.message),
    ...(finding.help !== undefined && { help: shortened(finding.help) }),
    code: rule.id,
    ...(name !== undefined && { element: name }),
  };
}

// A damaged file can have a name or value of megabytes, which no one wants to read and some reports cannot hold.
const LONGEST_TEXT = 600;

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT / 2)} … ${text.slice(-LONGEST_TEXT / 2)}`;
}

function finish(
  found: readonly Diagnostic[],
  contexts: readonly ElementContext[],
  request: LintRequest,
  rules: readonly Rule[],
  settings: ReturnType<typeof settingsOf>,
): LintResult {
  const ruleById = new Map(rules.map((rule) => [rule.id, rule]));
  const ignored = new Set(request.ignoredDibLintChecks ?? []);
  const bySource = new Map<SourceText, FileSuppressions>();
  for (const file of contexts.flatMap((context) => context.textFiles)) {
    const comments = suppressionsOf(file);
    if (comments) bySource.set(file.source, comments);
  }
  const diagnostics: Diagnostic[] = [];
  let suppressed = 0;
  const keep = (diagnostic: Diagnostic) => {
    const rule = ruleById.get(diagnostic.code);
    const severity = settings.severityOf(diagnostic, rule);
    const comments = diagnostic.location && bySource.get(diagnostic.location.source);
    if (severity === "off") return;
    if (isSuppressed(diagnostic, comments, rule?.dibLint ?? [], ignored)) suppressed += 1;
    else diagnostics.push(severity === diagnostic.severity ? diagnostic : { ...diagnostic, severity });
  };
  found.forEach(keep);
  // With only some rules on, a comment for another rule is not unused.
  const known = new Set(rules.map((rule) => rule.id));
  if ((request.only ?? []).length === 0) {
    for (const file of bySource.values()) suppressionFindings(file, known).forEach(keep);
  }
  const authored = new Map(
    contexts.filter(({ element }) => element.origin === "typescript").map(({ element }) => [element.name, element]),
  );
  return {
    diagnostics: diagnostics.map((diagnostic) => toAuthor(diagnostic, authored)).sort(compareDiagnostics),
    suppressed,
    files: contexts.reduce((sum, { element }) => sum + element.files.size, 0),
    elements: contexts.length,
    checkedFiles: contexts.flatMap(({ element }) => [...element.files.keys()].map((path) => `${element.root}/${path}`)),
  };
}

/** Moves a finding about a generated file, and its repair where that can be, to the author's TypeScript. */
function toAuthor(diagnostic: Diagnostic, authored: ReadonlyMap<string, Element>): Diagnostic {
  const element = diagnostic.element === undefined ? undefined : authored.get(diagnostic.element);
  if (element === undefined || diagnostic.location === undefined) return diagnostic;
  const { source, start, end } = diagnostic.location;
  const file = fileOfSource(element, source);
  const { fix: generated, ...rest } = diagnostic;
  if (file === undefined) return rest;
  const fix = generated && authorFix(element, file, generated);
  return { ...rest, location: authorLocation(element, file, start, end), ...(fix && { fix }) };
}
