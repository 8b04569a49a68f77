import { type ElementSpec, elementRef, envDefault, envFixed, type VariableDeclaration } from "@dibkit/model";

/** A specification that differs in one thing, and what that is. */
export interface FieldEdit {
  readonly what: string;
  readonly key: keyof ElementSpec;
  /** The specification without the fields that have nothing to do with it, as it was and edited. */
  readonly before: ElementSpec;
  readonly after: ElementSpec;
}

type Data = unknown;

/** Every edit of one thing that an author may make to a specification: what is there goes, changes, or gets company. */
export function* fieldEdits(spec: ElementSpec): Generator<FieldEdit> {
  for (const key of Object.keys(spec) as (keyof ElementSpec)[]) {
    const { summary, description, environment, layout } = spec;
    const besides =
      key === "environment" || key === "summary" || key === "description"
        ? { summary, description, environment, readme: spec.readme }
        : { readme: false as const };
    const before = key === "layout" ? spec : defined({ ...besides, layout, [key]: spec[key] });
    for (const [what, value] of editsOf(key, spec))
      yield { what: `${key}${what}`, key, before, after: defined({ ...before, [key]: value }) };
  }
}

function defined(spec: { readonly [K in keyof ElementSpec]: ElementSpec[K] | undefined }): ElementSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

function* editsOf(key: keyof ElementSpec, spec: ElementSpec): Generator<readonly [string, Data]> {
  const value = spec[key];
  switch (key) {
    case "summary":
    case "description":
    case "readme":
      yield ["", "Edited."];
      return;
    case "deps":
      yield* listEdits((value ?? []) as readonly Data[], [elementRef("a-new-one"), elementRef("zz-new-one")]);
      return;
    case "provides":
      yield* listEdits((value ?? []) as readonly Data[], ["a-new-one", "zz-new-one"]);
      return;
    case "environment":
      yield* variableEdits((value ?? {}) as Readonly<Record<string, VariableDeclaration>>, spec);
      return;
    case "scripts":
      yield* scriptEdits(value as readonly object[]);
      return;
    case "installTypes":
      for (const [type, scripts] of Object.entries(value ?? {}))
        for (const [what, edited] of scriptEdits(scripts as readonly object[]))
          yield [`.${type}${what}`, { ...(value as object), [type]: edited }];
      return;
    case "testElements":
      for (const [name, test] of Object.entries(value as NonNullable<ElementSpec["testElements"]>))
        for (const edit of fieldEdits(test.spec))
          yield [
            `.${name}.${edit.what}`,
            {
              ...(value as object),
              [name]: { ...test, spec: defined({ ...test.spec, [edit.key]: edit.after[edit.key] }) },
            },
          ];
      return;
    case "static":
    case "bin":
    case "initScripts":
    case "files":
    case "layout":
      yield [" without all", undefined];
      return;
    default:
      yield* isReference(value) ? [["", {}] as const] : dataEdits(value);
  }
}

function* variableEdits(
  variables: Readonly<Record<string, VariableDeclaration>>,
  { summary }: ElementSpec,
): Generator<readonly [string, Data]> {
  yield ["+", { ...variables, A_NEW_ONE: envDefault("x", "what it is for") }];
  for (const [name, variable] of Object.entries(variables)) {
    const { [name]: _, ...others } = variables;
    yield [`.${name} without`, others];
    yield [`.${name} value`, { ...variables, [name]: { ...variable, value: "edited value" } }];
    const other = variable.kind === "fixed" ? envDefault : envFixed;
    const { value, file } = variable;
    yield [`.${name} kind`, { ...variables, [name]: other(value ?? "", variable.summary, file ? { file } : {}) }];
    // What a variable is for is in the README, when the element has one that its fields write.
    if (summary !== undefined) yield [`.${name} summary`, { ...variables, [name]: { ...variable, summary: "edited" } }];
  }
}

function* scriptEdits(scripts: readonly object[]): Generator<readonly [string, Data]> {
  for (const [index, script] of scripts.entries()) {
    yield [`[${index}] without`, scripts.toSpliced(index, 1)];
    yield [`[${index}] body`, scripts.with(index, { ...script, body: "edited\n" })];
  }
}

function* listEdits(items: readonly Data[], more: readonly Data[]): Generator<readonly [string, Data]> {
  for (const index of items.keys()) yield [`[${index}] without`, items.toSpliced(index, 1)];
  for (const [index, item] of more.entries()) yield [`+${index}`, [...items, item]];
}

/** Edits of plain data, at any depth. */
function* dataEdits(value: Data): Generator<readonly [string, Data]> {
  if (isReference(value)) {
    yield ["", undefined];
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (value.length > 1) yield [`[${index}] without`, value.toSpliced(index, 1)];
      for (const [what, edited] of dataEdits(item)) yield [`[${index}]${what}`, value.with(index, edited)];
    }
    yield ["+", [...value, value[0]]];
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...others } = value as Record<string, Data>;
      if (key !== "type" || !isRepository(value)) yield [`.${key} without`, others];
      for (const [what, edited] of dataEdits(item)) yield [`.${key}${what}`, { ...value, [key]: edited }];
    }
    const [like] = Object.values(value);
    if (!isRepository(value)) yield ["+", { ...value, a_new_one: like ?? {} }];
  } else yield [" value", typeof value === "number" ? value + 1 : `${value}-edited`];
}

function isRepository(value: object): boolean {
  return "type" in value && "location" in value;
}

function isReference(value: Data): boolean {
  return typeof value === "object" && value !== null && (value as { dibkit?: unknown }).dibkit === "file";
}
