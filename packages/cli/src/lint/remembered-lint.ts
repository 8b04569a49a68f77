import type { LintResult, LintTools } from "@dibkit/lint";
import type { Terminal } from "../terminal.js";
import { codeVersion } from "./code-version.js";
import { type ContentStore, openContentStore } from "./content-store.js";
import { type KeptResult, keyOfRun, packed, stillHolds, unpacked, watched } from "./kept-results.js";
import type { LintSession } from "./lint-session.js";
import { NOT_INSTALLED } from "./run-shellcheck.js";
import { openShellFacts } from "./shell-facts.js";
import { programOf } from "./text-cache.js";

export interface RememberedRun {
  readonly session: LintSession;
  readonly only: readonly string[];
  readonly tools: LintTools;
  readonly terminal: Pick<Terminal, "env" | "stderr">;
  /** Milliseconds since the epoch; files that changed just before are not settled. */
  readonly now?: number;
}

// The findings of a tree of a thousand elements take a megabyte.
const MOST_BYTES = 16 * 1024 * 1024;
const PROGRAMS = ["bash", "python3", "shellcheck"];

/**
 * Lints, with what earlier runs have found out: all findings while nothing has changed that they rest on, and else what
 * each script says.
 */
export async function rememberedLint(run: RememberedRun): Promise<LintResult> {
  const { session, only, terminal, now = Date.now() } = run;
  const programs = PROGRAMS.map((name) => programOf(terminal.env, name) ?? "");
  const key = keyOfRun(session, only, programs, now);
  if (key === undefined) return lintWithFacts(run, run.tools);
  const version = codeVersion(["model", "shell", "lint"]);
  const store = openContentStore(terminal.env, { name: "results", version, mostBytes: MOST_BYTES });
  const kept = store.get(key);
  if (kept !== undefined) {
    const found = JSON.parse(kept) as KeptResult;
    if (stillHolds(found, run.tools, session.repository)) {
      if (found.shellcheck && programs.at(-1) === "") terminal.stderr.write(NOT_INSTALLED);
      return unpacked(found);
    }
  }
  const { tools, asked } = watched(run.tools, session.repository, now);
  const result = await lintWithFacts(run, tools);
  if (asked().complete) keep(store, key, packed(result, asked()));
  return result;
}

async function lintWithFacts({ session, only, terminal }: RememberedRun, tools: LintTools): Promise<LintResult> {
  const [{ lint }, { useFactStore }] = await Promise.all([import("@dibkit/lint"), import("@dibkit/shell")]);
  const facts = openShellFacts(terminal.env);
  useFactStore(facts);
  try {
    return await lint({ ...session, only, tools });
  } finally {
    useFactStore(undefined);
    facts.save();
  }
}

function keep(store: ContentStore, key: string, result: KeptResult | undefined): void {
  if (result === undefined) return;
  store.set(key, JSON.stringify(result));
  store.save();
}
