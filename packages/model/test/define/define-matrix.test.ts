import { describe, expect, expectTypeOf, test } from "vitest";
import { defineElement, defineMatrix, type MatrixSpec } from "../../src/define/index.js";

const tiny = defineElement("tiny", { summary: "x" });

describe("defineMatrix", () => {
  test("makes a cell of each combination, the last axis fastest, and those that are added", () => {
    const matrix = defineMatrix({
      name: "web",
      axes: { release: ["bookworm", "trixie"], flavour: ["web", "db"], formats: [["qcow2", "tar"]] },
      exclude: [{ release: "bookworm", flavour: "db" }],
      include: [{ release: "sid", flavour: "web", formats: ["raw"] }],
      image: (cell) => ({
        elements: [tiny],
        environment: { DIB_RELEASE: cell.release },
        formats: cell.formats,
      }),
    });
    expect(matrix.cells.map(({ name }) => name)).toEqual([
      "web-bookworm-web-qcow2+tar",
      "web-trixie-web-qcow2+tar",
      "web-trixie-db-qcow2+tar",
      "web-sid-web-raw",
    ]);
    expect(matrix.cells[3]?.image).toMatchObject({
      dibkit: "image",
      environment: { DIB_RELEASE: "sid" },
      formats: ["raw"],
    });
    expect(matrix.cells[0]?.image.site?.path).toMatch(/define-matrix\.test\.ts$/);
  });

  test("a condition leaves out cells", () => {
    const matrix = defineMatrix({
      name: "web",
      axes: { size: [1, 2, 3] },
      exclude: ({ size }) => size === 2,
      image: ({ size }) => ({ elements: [tiny], name: `web${size}` }),
      publish: ({ size }, files) => (size === 1 ? ["upload", ...files] : undefined),
    });
    expect(matrix.cells.map(({ name }) => name)).toEqual(["web1", "web3"]);
    expect(matrix.cells.map(({ publish }) => publish?.(["a.qcow2"]))).toEqual([["upload", "a.qcow2"], undefined]);
  });

  const image = () => ({ elements: [tiny] });
  type Spec = MatrixSpec<Readonly<Record<string, readonly string[]>>, readonly []>;
  test.each<[problem: string, spec: Spec, message: RegExp]>([
    [
      "an empty axis",
      { name: "web", axes: { release: ["a"], flavour: [] }, image },
      /^the axis "flavour" has no value$/,
    ],
    ["no axis", { name: "web", axes: {}, image }, /^the matrix "web" has no cell$/],
    ["all left out", { name: "web", axes: { a: ["x"] }, exclude: () => true, image }, /has no cell$/],
    ["a name with a space", { name: "my web", axes: { a: ["x"] }, image }, /^"my web" cannot be the name of a matrix$/],
    [
      "two cells of one name",
      { name: "web", axes: { a: ["x", "y"] }, image: () => ({ ...image(), name: "same" }) },
      /^two cells are called "same": \{ a: x \} and \{ a: y \}$/,
    ],
    [
      "values that make the same name",
      { name: "web", axes: { a: ["x y", "x/y"] }, image },
      /^two cells are called "web-x-y"/,
    ],
  ])("refuses %s", (_, spec, message) => {
    expect(() => defineMatrix(spec)).toThrow(message);
  });

  test("a cell has the type of its axes' values", () => {
    defineMatrix({
      name: "web",
      axes: { release: ["bookworm", "trixie"], cloud: [true, false] },
      // @ts-expect-error sid is no value of the axis
      exclude: [{ release: "sid" }],
      image: (cell) => {
        expectTypeOf(cell.release).toEqualTypeOf<"bookworm" | "trixie">();
        expectTypeOf(cell.cloud).toEqualTypeOf<boolean>();
        return { elements: [tiny] };
      },
    });
    defineMatrix({
      name: "web",
      axes: { release: ["bookworm"], formats: [["qcow2"], ["tar"]] },
      include: [{ release: "sid", formats: ["raw"] }],
      image: (cell) => {
        expectTypeOf(cell.release).toEqualTypeOf<"bookworm" | "sid">();
        // @ts-expect-error there is no such axis
        expect(cell.flavour).toBeUndefined();
        return { elements: [tiny], formats: cell.formats };
      },
    });
  });
});
