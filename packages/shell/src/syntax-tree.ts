/** A node of the syntax tree as plain data, so analysis never crosses into WebAssembly. Offsets are UTF-16 units. */
export interface SyntaxNode {
  /** Node type of tree-sitter-bash, e.g. `command`; for tokens the token itself, e.g. `&&`. */
  readonly type: string;
  readonly named: boolean;
  /** The parser invented this token to go on. */
  readonly missing: boolean;
  readonly start: number;
  readonly end: number;
  /** Role in the parent, e.g. `condition`, `name`, `value`. */
  readonly field: string | undefined;
  readonly children: readonly SyntaxNode[];
}

interface Draft extends SyntaxNode {
  readonly children: SyntaxNode[];
}

/** What the grammar says about its node types and fields, so that it is not asked node by node. */
export interface GrammarTables {
  readonly types: readonly { readonly name: string; readonly named: boolean }[];
  readonly fields: readonly (string | null)[];
}

/**
 * What is asked of a cursor of web-tree-sitter, whose own declarations name types that it does not bring along and that
 * whoever compiles with this package would miss.
 */
interface TreeCursor {
  readonly nodeTypeId: number;
  readonly currentFieldId: number;
  readonly nodeIsMissing: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** Copies the tree under a cursor; a loop, not recursion, because hostile files nest deeper than the stack. */
export function copyTree(cursor: TreeCursor, tables: GrammarTables, hasError: boolean): SyntaxNode {
  const root = draft(cursor, tables, hasError);
  const parents: Draft[] = [root];
  if (!cursor.gotoFirstChild()) return root;
  while (parents.length > 0) {
    const node = draft(cursor, tables, hasError);
    (parents[parents.length - 1] as Draft).children.push(node);
    if (node.named && cursor.gotoFirstChild()) {
      parents.push(node);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      parents.pop();
      if (parents.length === 0) return root;
      cursor.gotoParent();
    }
  }
  return root;
}

// Each question to the cursor crosses into WebAssembly, which is most of the cost of a tree; tokens, half of all nodes,
// are therefore not asked for children.
function draft(cursor: TreeCursor, tables: GrammarTables, hasError: boolean): Draft {
  const type = tables.types[cursor.nodeTypeId];
  const field = cursor.currentFieldId;
  return {
    type: type?.name ?? "ERROR",
    named: type?.named ?? true,
    missing: hasError && cursor.nodeIsMissing,
    start: cursor.startIndex,
    end: cursor.endIndex,
    field: field === 0 ? undefined : (tables.fields[field] ?? undefined),
    children: [],
  };
}
