import type { CallSite } from "./call-site.js";
import { callSiteOf } from "./call-site.js";
import { type ImageDefinition, type ImageSpec, imageDefinition } from "./define-image.js";
import { DefinitionError } from "./definition-error.js";
import type { JobSettings, PublishCommand } from "./job-settings.js";

/** A value of an axis. A list is one value: `["qcow2", "tar"]` makes one image with both formats. */
export type AxisValue = string | number | boolean | readonly string[];

/** What images differ in: names such as `release`, `architecture`, `flavour`, `formats`, each with its values. */
export interface MatrixAxes {
  readonly [axis: string]: readonly AxisValue[];
}

/** One combination: of every axis one value. `More` are combinations that are added besides. */
export type CellOf<A extends MatrixAxes, More = never> = {
  readonly [K in keyof A]: A[K][number] | (More extends { readonly [N in K]: infer V } ? V : never);
};

/** What a cell's image is made of: as for `defineImage`, but the name may be left out. */
export interface MatrixImage extends ImageSpec {
  /** The image's name; the matrix's and the values, with dashes between, unless stated. */
  readonly name?: string;
}

/** What `defineMatrix` takes. */
export interface MatrixSpec<A extends MatrixAxes, I extends readonly { readonly [K in keyof A]: AxisValue }[]> {
  /** What the cells' names begin with, and what status is kept under in a registry. */
  readonly name: string;
  /** Every combination of their values is a cell. */
  readonly axes: A;
  /** Leaves out every combination that has these values: `[{ release: "bookworm", flavour: "db" }]`, or a condition. */
  readonly exclude?:
    | readonly NoInfer<{ readonly [K in keyof A]?: A[K][number] }>[]
    | ((cell: NoInfer<CellOf<A>>) => boolean);
  /** Combinations besides those of the axes; of every axis a value, which no other cell need have. */
  readonly include?: I;
  /** The image of a cell. Called once for each. */
  readonly image: (cell: CellOf<A, I[number]>) => MatrixImage;
  /** The command that publishes a cell's image, run when every cell is built; nothing for those that stay unpublished. */
  readonly publish?: (cell: CellOf<A, I[number]>, files: readonly string[]) => readonly string[] | undefined;
  /** How the jobs run in an engine such as Slurm or GitLab. */
  readonly jobs?: JobSettings;
}

/** A cell of a matrix: one image to build. */
export interface MatrixCell {
  /** The image's name. */
  readonly name: string;
  /** By axis. */
  readonly values: { readonly [axis: string]: AxisValue };
  readonly image: ImageDefinition;
  readonly publish?: PublishCommand;
}

/** A matrix of images, under the name that its cells' names begin with. */
export interface MatrixDefinition {
  readonly dibkit: "matrix";
  readonly name: string;
  readonly axes: MatrixAxes;
  /** In the order of the axes, the last one fastest; then those that were added. */
  readonly cells: readonly MatrixCell[];
  readonly jobs: JobSettings;
  readonly site: CallSite | undefined;
}

/**
 * Defines many images by what they differ in: what `dibkit matrix` shows and `dibkit build --all` makes. Scripts that
 * cells have in common run once.
 *
 * @throws DefinitionError for an axis without values, two cells of one name, or no cell at all.
 */
export function defineMatrix<
  const A extends MatrixAxes,
  const I extends readonly { readonly [K in keyof A]: AxisValue }[] = readonly [],
>(given: MatrixSpec<A, I>): MatrixDefinition {
  const site = callSiteOf(defineMatrix);
  const spec = given as unknown as AnyMatrix;
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(spec.name)) {
    const help = "use letters, digits, dots, dashes and underscores";
    throw new DefinitionError(`"${spec.name}" cannot be the name of a matrix`, site, help);
  }
  const [empty] = Object.entries(spec.axes).filter(([, values]) => values.length === 0);
  if (empty !== undefined)
    throw new DefinitionError(`the axis "${empty[0]}" has no value`, site, "give it at least one, or take it out");
  const combinations = [...product(spec.axes).filter((cell) => !isExcluded(spec, cell)), ...(spec.include ?? [])];
  if (combinations.length === 0) {
    const help = "give it an axis, or exclude less";
    throw new DefinitionError(`the matrix "${spec.name}" has no cell`, site, help);
  }
  const cells = combinations.map((values) => cellOf(spec, values, site));
  refuseSameNames(cells, site);
  if (spec.publish !== undefined && cells.some(({ name }) => name === "publish")) {
    const help = "give its image another name";
    throw new DefinitionError('no cell can be called "publish": the job that publishes is', site, help);
  }
  return { dibkit: "matrix", name: spec.name, axes: spec.axes, cells, jobs: spec.jobs ?? {}, site };
}

/** Whether a value is a matrix, of this copy of the package or of another. */
export function isMatrixDefinition(value: unknown): value is MatrixDefinition {
  return typeof value === "object" && value !== null && (value as { dibkit?: unknown }).dibkit === "matrix";
}

/** `a+b` for a list. */
export function renderAxisValue(value: AxisValue): string {
  return typeof value === "object" ? value.join("+") : String(value);
}

type Values = Readonly<Record<string, AxisValue>>;

/** A matrix without the types of its axes. */
interface AnyMatrix extends Omit<MatrixSpec<MatrixAxes, readonly Values[]>, "exclude" | "image" | "publish"> {
  readonly exclude?: readonly Values[] | ((cell: Values) => boolean);
  readonly image: (cell: Values) => MatrixImage;
  readonly publish?: (cell: Values, files: readonly string[]) => readonly string[] | undefined;
}

function product(axes: MatrixAxes): readonly Values[] {
  return Object.entries(axes).reduce<readonly Values[]>(
    (cells, [axis, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value }))),
    Object.keys(axes).length === 0 ? [] : [{}],
  );
}

function isExcluded({ exclude = [] }: AnyMatrix, cell: Values): boolean {
  if (typeof exclude === "function") return exclude(cell);
  return exclude.some((partial) =>
    Object.entries(partial).every(([axis, value]) => JSON.stringify(cell[axis]) === JSON.stringify(value)),
  );
}

function cellOf(spec: AnyMatrix, values: Values, site: CallSite | undefined): MatrixCell {
  const parts = Object.values(values).map((value) => renderAxisValue(value).replaceAll(/[^\w.+-]+/g, "-"));
  const image = spec.image(values);
  const { publish } = spec;
  const definition = imageDefinition({ ...image, name: image.name ?? [spec.name, ...parts].join("-") }, site);
  return {
    name: definition.name,
    values,
    image: definition,
    ...(publish === undefined ? {} : { publish: (files) => publish(values, files) }),
  };
}

function refuseSameNames(cells: readonly MatrixCell[], site: CallSite | undefined): void {
  const seen = new Map<string, MatrixCell>();
  for (const cell of cells) {
    const other = seen.get(cell.name);
    if (other !== undefined) {
      const both = [other, cell].map(({ values }) => `{ ${renderValues(values)} }`).join(" and ");
      const help = "give their images different names, or exclude one of them";
      throw new DefinitionError(`two cells are called "${cell.name}": ${both}`, site, help);
    }
    seen.set(cell.name, cell);
  }
}

function renderValues(values: Values): string {
  return Object.entries(values)
    .map(([axis, value]) => `${axis}: ${renderAxisValue(value)}`)
    .join(", ");
}
