import type { Diagnostic, SourceText } from "@dibkit/model";
import { parse } from "@dibkit/shell";
import type { ElementContext } from "./element-context.js";
import { isOptionSet } from "./is-option-set.js";
import type { LintTools } from "./lint-tools.js";
import { isHarmless, isMisread, isSaid, type ShellcheckComment, shellcheckDiagnostic } from "./shellcheck.js";

type Comments = ReadonlyMap<SourceText, readonly ShellcheckComment[]>;

/** What ShellCheck says of all scripts; it begins at once. */
export function askShellcheck(
  contexts: readonly ElementContext[],
  { shellcheck }: LintTools,
): Promise<Comments> | undefined {
  const comments = shellcheck?.([...ownersOf(contexts).keys()]);
  // Whoever waits for it hears what becomes of it, unless a rule has thrown before.
  comments?.catch(() => {});
  return comments;
}

/** The comments as findings, without what is harmless or misread, or was found by a rule. */
export function shellcheckFindings(
  contexts: readonly ElementContext[],
  comments: Comments,
  own: readonly Diagnostic[],
): Diagnostic[] {
  const owners = ownersOf(contexts);
  return [...comments].flatMap(([source, list]) =>
    list.flatMap((comment) => {
      const owner = owners.get(source);
      const endsAtFailure = isOptionSet(parse(source), "errexit");
      if (isHarmless(comment, source, { asRoot: owner?.asRoot === true, endsAtFailure })) return [];
      if (isMisread(comment, parse(source).problems.length === 0) || isSaid(comment, source, own)) return [];
      return [{ ...shellcheckDiagnostic(comment, source), ...(owner && { element: owner.name }) }];
    }),
  );
}

interface Owner {
  readonly name: string;
  readonly asRoot: boolean;
}

function ownersOf(contexts: readonly ElementContext[]): ReadonlyMap<SourceText, Owner> {
  const owners = new Map<SourceText, Owner>();
  for (const { element, shellScripts, hookScripts } of contexts) {
    for (const { source, phase } of [...shellScripts, ...hookScripts]) {
      owners.set(source, { name: element.name, asRoot: phase?.side === "target" });
    }
  }
  return owners;
}
