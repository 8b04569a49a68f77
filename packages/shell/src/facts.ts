import type {
  Arithmetic,
  BranchVariable,
  Command,
  ConditionalEnd,
  Context,
  Heredoc,
  Pipeline,
  Redirect,
  SetOption,
  Span,
  SyntaxProblem,
  Test,
  VariableAssignment,
  VariableRead,
  Word,
} from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** What the traversal fills; becomes a `ShellScript`. */
export interface Facts {
  readonly problems: SyntaxProblem[];
  readonly commands: Command[];
  readonly reads: VariableRead[];
  readonly assignments: VariableAssignment[];
  readonly options: SetOption[];
  readonly sources: Word[];
  readonly redirects: Redirect[];
  readonly heredocs: Heredoc[];
  readonly tests: Test[];
  readonly pipelines: Pipeline[];
  readonly arithmetic: Arithmetic[];
  readonly conditionalEnds: readonly ConditionalEnd[];
  readonly branchVariables: readonly BranchVariable[];
  readonly functions: (Span & { readonly name: string })[];
  readonly comments: Span[];
  dynamic: boolean;
}

/** A node on its way through the traversal. */
export interface Visit {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
  readonly context: Context;
  readonly text: string;
}
