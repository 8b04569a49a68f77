import type { SourceText } from "@dibkit/model";
import type { SyntaxVerdict } from "./element-context.js";
import type { ShellcheckComment } from "./shellcheck.js";

/** Programs that the linter may ask, injected because it starts none itself. */
export interface LintTools {
  /** Text of a file that is no part of an element, such as one that `DIB_BLOCK_DEVICE_CONFIG` names. */
  readonly readText?: (path: string) => string | undefined;
  /**
   * Texts of the repository that the elements are part of: wrapper scripts, Makefiles, CI configuration, READMEs. Asked
   * for at most once, and only when a variable is found that no element sets.
   */
  readonly repositoryTexts?: () => readonly SourceText[];
  /** `bash -n` on each text. */
  readonly bashVerdicts?: (sources: readonly SourceText[]) => Promise<ReadonlyMap<SourceText, SyntaxVerdict>>;
  /** Python's compiler on each text; nothing for those it was not run on, as where there is no python. */
  readonly pythonVerdicts?: (sources: readonly SourceText[]) => Promise<ReadonlyMap<SourceText, SyntaxVerdict>>;
  /** ShellCheck, with `SHELLCHECK_CODES`, on each script; nothing for those it was not run on. */
  readonly shellcheck?: (
    sources: readonly SourceText[],
  ) => Promise<ReadonlyMap<SourceText, readonly ShellcheckComment[]>>;
}
