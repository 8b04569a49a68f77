import { expect, test } from "vitest";
import { createUndoStack } from "../src/undo-stack.js";

test("undos run in reverse, go on after an error, and once", async () => {
  const ran: string[] = [];
  const stack = createUndoStack();
  stack.defer("first", () => void ran.push("first"));
  const early = stack.defer("early", () => void ran.push("early"));
  stack.defer("broken", () => {
    throw new Error("no");
  });
  stack.defer("kept", () => void ran.push("kept")).forget();
  stack.defer("last", () => void ran.push("last"));
  await early.now();
  await early.now();
  expect((await stack.unwind()).map(({ label }) => label)).toEqual(["broken"]);
  expect(ran).toEqual(["early", "last", "first"]);
  expect(await stack.unwind()).toEqual([]);
});
