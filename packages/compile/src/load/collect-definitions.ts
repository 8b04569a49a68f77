import {
  type Diagnostic,
  type ElementDefinition,
  type ImageDefinition,
  isElementDefinition,
  isImageDefinition,
  isMatrixDefinition,
  type MatrixDefinition,
  type ProjectConfig,
} from "@dibkit/model";

/** What modules export: elements, images, matrices of images, and the configuration. */
export interface CollectedDefinitions {
  readonly elements: readonly ElementDefinition[];
  readonly images: readonly ImageDefinition[];
  readonly matrices: readonly MatrixDefinition[];
  readonly config: ProjectConfig | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Every element and image that is exported, alone or in arrays, and every element those depend on that is defined in
 * TypeScript, wherever it comes from: a package from npm brings its elements along.
 */
export function collectDefinitions(
  exports: readonly unknown[],
  located: (definition: Definition) => Pick<Diagnostic, "location">,
): CollectedDefinitions {
  const elements = new Set<ElementDefinition>();
  const images = new Set<ImageDefinition>();
  const matrices = new Set<MatrixDefinition>();
  let config: ProjectConfig | undefined;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isElementDefinition(value)) {
      if (elements.has(value)) return;
      elements.add(value);
      for (const dep of value.spec.deps ?? []) visit(dep);
    } else if (isImageDefinition(value)) {
      images.add(value);
      for (const element of value.elements) visit(element);
    } else if (isMatrixDefinition(value)) {
      matrices.add(value);
      for (const { image } of value.cells) for (const element of image.elements) visit(element);
    } else if (isConfig(value)) {
      config ??= value;
      for (const element of value.elements ?? []) visit(element);
      for (const image of value.images ?? []) visit(image);
      for (const matrix of value.matrices ?? []) visit(matrix);
    }
  };
  for (const value of exports) visit(value);
  const diagnostics = [
    ...duplicates("element", [...elements], located),
    ...duplicates("image", [...images], located),
    ...duplicates("matrix", [...matrices], located),
  ];
  return {
    elements: unique([...elements]),
    images: unique([...images]),
    matrices: unique([...matrices]),
    config,
    diagnostics,
  };
}

type Definition = ElementDefinition | ImageDefinition | MatrixDefinition;

function isConfig(value: unknown): value is ProjectConfig {
  return typeof value === "object" && value !== null && (value as { dibkit?: unknown }).dibkit === "config";
}

function unique<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const item of items) if (!byName.has(item.name)) byName.set(item.name, item);
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* duplicates<T extends Definition>(
  kind: "element" | "image" | "matrix",
  items: readonly T[],
  located: (definition: T) => Pick<Diagnostic, "location">,
): Generator<Diagnostic> {
  const first = new Map<string, T>();
  for (const item of items) {
    const other = first.get(item.name);
    first.set(item.name, other ?? item);
    if (!other) continue;
    const { location } = located(other);
    yield {
      code: `compile/duplicate-${kind}`,
      severity: "error",
      message: `two definitions have the name "${item.name}"`,
      help: `give one ${kind} another name`,
      ...(kind === "element" ? { element: item.name } : {}),
      ...located(item),
      ...(location ? { related: [{ message: "the other definition", location }] } : {}),
    };
  }
}
