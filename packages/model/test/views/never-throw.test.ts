import { type Element, type ElementFile, loadCatalog, positionAt, VIEW_NAMES, viewsOf } from "@dibkit/model";
import fc from "fast-check";
import { expect, it } from "vitest";
import { describeUpstream } from "../upstream.js";
import { rendered } from "./rendered.js";

// Upstream and whole catalogs take their time on a busy machine.

/** Parses every view and finds every place in its diagnostics; throws when one of them does. */
function readEverything(element: Element): number {
  let count = 0;
  for (const name of VIEW_NAMES) {
    const view = viewsOf(element)[name];
    for (const { location, message } of view.diagnostics) {
      count += 1;
      expect(message).not.toBe("");
      if (location) expect(positionAt(location.source, location.start).line).toBeGreaterThan(0);
    }
  }
  return count;
}

function withContent(element: Element, path: string, change: (bytes: Uint8Array) => Uint8Array): Element {
  const files = new Map<string, ElementFile>(element.files);
  const file = files.get(path);
  if (file?.kind === "file") files.set(path, { ...file, bytes: change(file.bytes) });
  return { ...element, files };
}

describeUpstream("views of upstream's elements", ({ elements }) => {
  const all = [...loadCatalog([elements]).elements.values()];

  it("find nothing wrong", () => {
    const nested = all.flatMap((element) => viewsOf(element).testElements.value);
    const findings = [...all, ...nested].flatMap((element) =>
      VIEW_NAMES.flatMap((name) => viewsOf(element)[name].diagnostics.map(rendered)),
    );
    expect(findings).toEqual([]);
  });

  it("never throw, whatever the files hold", () => {
    const structured = all.flatMap((element) =>
      [...element.files.keys()]
        .filter((path) => /\.(yaml|rst)$|^(pkg-map|element-|source-repository)/.test(path))
        .map((path) => ({ element, path })),
    );
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.string({ unit: "binary", maxLength: 8 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          "\t",
          "\r",
          "- ",
          ": ",
          "[",
          "{",
          "&a ",
          "*a",
          "<<: ",
          "!!binary ",
          "? ",
          '"',
          "|\n",
          "#",
          "\0",
          "\ufeff",
        )
        .map((text) => Buffer.from(text)),
    );
    let diagnostics = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...structured),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), junk), { minLength: 1, maxLength: 4 }),
        ({ element, path }, edits) => {
          const changed = withContent(element, path, (bytes) =>
            edits.reduce((current: Uint8Array, [where, removed, inserted]) => {
              const at = Math.floor(where * current.length);
              return Buffer.concat([current.subarray(0, at), inserted, current.subarray(at + removed)]);
            }, bytes),
          );
          diagnostics += readEverything(changed);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    expect(diagnostics).toBeGreaterThan(100);
  });
});
