import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { loadCatalog, upstreamInstallation } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";
import { dibLint, hasDibLint, ownFindings } from "../../packages/lint/test/dib-lint-oracle.js";

const installed = hasDibLint();
const oracle = dibLint();
afterAll(oracle.dispose);

test.skipIf(!installed)("what dib-lint finds in upstream's elements, dibkit finds too", async () => {
  const upstream = upstreamInstallation(process.env);
  if (upstream === undefined) throw new Error("diskimage-builder is not installed");
  // A copy without what Python left behind.
  const copy = join(oracle.root, "upstream");
  execFileSync("cp", ["-r", upstream.elements, copy]);
  execFileSync("find", [copy, "-name", "__pycache__", "-prune", "-exec", "rm", "-r", "{}", "+"]);
  const ours = await ownFindings(loadCatalog([copy]));
  expect(oracle.findings(copy).filter((finding) => !ours.has(finding))).toEqual([]);
});
