import { describe, expect, test } from "vitest";
import { jobGraph } from "../src/graph/job-graph.js";
import type { PredictedCell } from "../src/graph/matrix-job.js";
import { predictedCell as cell } from "./predicted-cell.js";

function drawn(...cells: readonly PredictedCell[]): readonly string[] {
  return jobGraph({ name: "web" }, cells).jobs.map(({ name, kind, needs, steps, stopAfter }) =>
    [name, kind, `<- ${needs.join(",")}`, steps.map(({ label }) => label.script).join(" "), stopAfter ?? ""]
      .join(" | ")
      .trimEnd(),
  );
}

describe("the jobs of a matrix", () => {
  test("what cells begin with is made once, in a tree", () => {
    expect(
      drawn(
        cell("web-trixie-small", "root base a"),
        cell("web-trixie-big", "root base b"),
        cell("web-sid-small", "root sid a"),
        cell("web-sid-big", "root sid b"),
      ),
    ).toEqual([
      "web-shared | shared | <-  | root | install.d/root",
      "web-trixie-shared | shared | <- web-shared | base | install.d/base",
      "web-trixie-small | cell | <- web-trixie-shared | a |",
      "web-trixie-big | cell | <- web-trixie-shared | b |",
      "web-sid-shared | shared | <- web-shared | sid | install.d/sid",
      "web-sid-small | cell | <- web-sid-shared | a |",
      "web-sid-big | cell | <- web-sid-shared | b |",
    ]);
  });

  test("cells that have nothing in common stand alone", () => {
    expect(drawn(cell("web-a-x", "one"), cell("web-b-x", "two"))).toEqual([
      "web-a-x | cell | <-  | one |",
      "web-b-x | cell | <-  | two |",
    ]);
  });

  test("steps of dibkit alone are not worth a job, and are counted for those after them", () => {
    expect(
      drawn(cell("web-a-x", "root (prepare) a x"), cell("web-a-y", "root (prepare) a y"), cell("web-b-x", "(prepare)")),
    ).toEqual([
      "web-a-shared | shared | <-  | root prepare a | install.d/a",
      "web-a-x | cell | <- web-a-shared | x |",
      "web-a-y | cell | <- web-a-shared | y |",
      "web-b-x | cell | <-  | prepare |",
    ]);
    expect(drawn(cell("web-a-x", "(prepare) a b"), cell("web-a-y", "(prepare) c"))).toEqual([
      "web-a-x | cell | <-  | prepare a b |",
      "web-a-y | cell | <-  | prepare c |",
    ]);
    expect(
      drawn(
        cell("web-a-x", "root (p) a"),
        cell("web-a-y", "root (p) b"),
        cell("web-b-x", "root (q) a"),
        cell("web-b-y", "root (q)"),
      ),
    ).toEqual([
      "web-shared | shared | <-  | root | install.d/root",
      "web-a-x | cell | <- web-shared | p a |",
      "web-a-y | cell | <- web-shared | p b |",
      "web-b-y | cell | <- web-shared | q |",
      "web-b-x | cell | <- web-shared | q a |",
    ]);
  });

  test("images of the same tree in several formats need only their disks", () => {
    expect(drawn(cell("web-a-qcow2", "root a"), cell("web-a-tar", "root a"))).toEqual([
      "web-a-shared | shared | <-  | root a | install.d/a",
      "web-a-qcow2 | cell | <- web-a-shared |  |",
      "web-a-tar | cell | <- web-a-shared |  |",
    ]);
  });

  test("shared jobs with the same values in common get a number", () => {
    const names = drawn(
      cell("web-a-x", "one a"),
      cell("web-b-x", "one b"),
      cell("web-a-y", "two a"),
      cell("web-b-y", "two b"),
      cell("web-c-z", "three a"),
      cell("web-c-z2", "three b"),
    ).filter((line) => line.includes("| shared |"));
    expect(names.map((line) => line.split(" ")[0])).toEqual(["web-x-shared", "web-y-shared", "web-c-shared"]);
    const same = drawn(
      ...["one", "two"].flatMap((root) => ["a", "b"].map((last) => cell(`web-x-${root}${last}`, `${root} ${last}`))),
    );
    expect(same.filter((line) => line.includes("| shared |")).map((line) => line.split(" ")[0])).toEqual([
      "web-x-shared",
      "web-x-shared-2",
    ]);
  });

  test("publishing needs every cell, and is about those that have a command", () => {
    const { jobs } = jobGraph({ name: "web" }, [cell("web-a-x", "one", true), cell("web-b-x", "two")]);
    expect(jobs.at(-1)).toMatchObject({ name: "publish", needs: ["web-a-x", "web-b-x"], cells: ["web-a-x"] });
  });

  test("a job has another id when what it is made of changes, and only then", () => {
    const ids = (...cells: readonly PredictedCell[]) =>
      Object.fromEntries(jobGraph({ name: "web" }, cells).jobs.map(({ name, id }) => [name, id]));
    const before = ids(cell("web-a-x", "root a"), cell("web-a-y", "root b"));
    const after = ids(cell("web-a-x", "root a"), cell("web-a-y", "root c"));
    expect(after["web-a-shared"]).toBe(before["web-a-shared"]);
    expect(after["web-a-x"]).toBe(before["web-a-x"]);
    expect(after["web-a-y"]).not.toBe(before["web-a-y"]);
  });
});
