import { fileURLToPath, pathToFileURL } from "node:url";
import { type LintResult, lint, type Rule } from "@dibkit/lint";
import { type Catalog, createCatalog, type Diagnostic, type Element, type ElementFile } from "@dibkit/model";
import { type LintSession, openLintSession } from "../lint/lint-session.js";
import { lintTools } from "../lint/lint-tools.js";
import type { Terminal } from "../terminal.js";

/** What the editor has open, and what the linter says of it. */
export interface Workspace {
  /** Directory the editor works in. */
  readonly root: string;
  /** Reads configuration and elements from disk again. */
  reload(): Promise<void>;
  /** Lints everything, open documents as they are in the editor. */
  lint(openTexts: ReadonlyMap<string, string>): Promise<LintResult | undefined>;
  catalog(): Catalog | undefined;
  /** dibkit's rules and those of plugins. */
  rules(): readonly Rule[];
}

export function createWorkspace(root: string, terminal: Pick<Terminal, "env" | "stderr">): Workspace {
  let session: LintSession | undefined;
  let trouble: readonly Diagnostic[] = [];
  return {
    root,
    catalog: () => session?.catalog,
    rules: () => session?.rules ?? [],
    reload: async () => {
      const opened = await openLintSession({ cwd: root, env: terminal.env }, { paths: [], elementsPath: [] });
      session = opened.ok ? opened.value : undefined;
      trouble = opened.ok || opened.error.kind !== "findings" ? [] : opened.error.diagnostics;
    },
    lint: async (openTexts) => {
      if (session === undefined)
        return { diagnostics: trouble, suppressed: 0, files: 0, elements: 0, checkedFiles: [] };
      const changed = withOpenTexts(session, openTexts);
      // ShellCheck is too slow to be run at every key.
      return lint({
        ...changed,
        tools: lintTools({ ...changed, configuration: { ...changed.configuration, shellcheck: false } }, terminal),
      });
    },
  };
}

/** The session with open documents in place of what is on disk. */
function withOpenTexts(session: LintSession, openTexts: ReadonlyMap<string, string>): LintSession {
  const replaced = new Map<Element, Element>();
  for (const element of session.elements) {
    const changes = [...openTexts].filter(([path]) => path.startsWith(`${element.root}/`));
    const overlay = element.origin === "disk" && changes.length > 0 ? overlaid(element, changes) : undefined;
    if (overlay !== undefined) replaced.set(element, overlay);
  }
  if (replaced.size === 0) return session;
  const current = (element: Element) => replaced.get(element) ?? element;
  const { catalog } = session;
  const merged = createCatalog([{ path: "", elements: [...catalog.elements.values()].map(current) }]);
  return {
    ...session,
    elements: session.elements.map(current),
    catalog: {
      ...merged,
      paths: catalog.paths,
      lacksUpstream: catalog.lacksUpstream === true,
      shadowed: catalog.shadowed.map(({ element, by }) => ({ element: current(element), by: current(by) })),
    },
  };
}

function overlaid(element: Element, changes: readonly (readonly [string, string])[]): Element | undefined {
  const files = new Map<string, ElementFile>(element.files);
  let changed = false;
  for (const [path, text] of changes) {
    const inside = path.slice(element.root.length + 1);
    const before = files.get(inside);
    const bytes = new TextEncoder().encode(text);
    if (before !== undefined && (before.kind !== "file" || Buffer.from(before.bytes).equals(bytes))) continue;
    const mode = before?.kind === "file" ? before.mode : 0o644;
    files.set(inside, { kind: "file", path: inside, mode, bytes, origin: { kind: "disk", path } });
    changed = true;
  }
  if (!changed) return undefined;
  const sorted = new Map([...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return { name: element.name, root: element.root, origin: "disk", files: sorted };
}

/** Absolute path of a `file:` URI; undefined for other documents, such as unsaved ones. */
export function pathOfUri(uri: string): string | undefined {
  return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}
