import { beforeAll, expect, it } from "vitest";
import { evaluateExports, initShell } from "../src/index.js";

beforeAll(() => initShell());

it.each([
  ["export A=lit", {}, { A: "lit" }],
  ["export A=${A:-default}", {}, { A: "default" }],
  ["export A=${A:-default}", { A: "mine" }, { A: "mine" }],
  ['export A="${A:-two words}"', {}, { A: "two words" }],
  ["export A=${A-x}", { A: "" }, { A: "" }],
  [": ${A:=x}\nexport A", {}, { A: "x" }],
  ["export A=${B:-$C}", { C: "c" }, { C: "c", A: "c" }],
  ["export A=$(date)", {}, { A: null }],
  ["if true; then export A=1; fi", {}, { A: null }],
  ["export A=${B}-x", { B: "b" }, { B: "b", A: "b-x" }],
  ['export A=${A:-https://host/"${B}"/$C/}', { B: "b", C: "1" }, { B: "b", C: "1", A: "https://host/b/1/" }],
  ["export A=${B}-x", { B: null }, { B: null, A: null }],
  ["export A=${B}-*", { B: "b" }, { B: "b", A: null }],
  ["export A=$B-$(date)", { B: "b" }, { B: "b", A: null }],
  ["export A=$B-${C%x}", { B: "b", C: "cx" }, { B: "b", C: "cx", A: null }],
  ["export A=${B%b}", { B: "ab" }, { B: "ab", A: null }],
  ["export A=$B", { B: null }, { B: null, A: null }],
  ["A=1; unset A", {}, {}],
  ["f() { A=1; }", {}, {}],
])("%s after %o", (text, before, after) => {
  const known = evaluateExports({ path: "10-env", text }, new Map(Object.entries(before)));
  expect(Object.fromEntries(known)).toEqual(after);
});
