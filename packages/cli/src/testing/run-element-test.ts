import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blame } from "@dibkit/contents";
import { shellQuote } from "@dibkit/exec";
import { newestBuild } from "@dibkit/runner";
import { type BuildOptionValues, NOTHING_GIVEN } from "../building/build-options.js";
import { runPlanned } from "../building/build-planned.js";
import { prefixed } from "../building/build-several.js";
import { openStore } from "../building/open-store.js";
import { planSelected } from "../building/plan-image.js";
import { reportBuild } from "../building/report-build.js";
import type { Project } from "../project/open-project.js";
import type { Terminal } from "../terminal.js";
import type { ElementTest } from "./element-tests.js";
import type { TestResult } from "./test-result.js";

/** What a test element leaves in the image when its build is to fail. */
const SHOULD_FAIL = "tmp/dib-test-should-fail";

export interface ElementTestOptions {
  /** Flags of the builds. */
  readonly flags: Partial<BuildOptionValues>;
  readonly verbose: boolean;
  readonly told: Set<string>;
}

/** Builds an element with a test of it, without `base` for a disk. What is built is removed; layers stay. */
export async function runElementTest(
  terminal: Terminal,
  project: Project,
  test: ElementTest,
  options: ElementTestOptions,
): Promise<TestResult> {
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-test-"));
  const startedMs = performance.now();
  try {
    const ending = await build(prefixed(terminal, test.name), project, test, options, scratch);
    return { name: test.name, seconds: (performance.now() - startedMs) / 1000, ...ending };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function build(
  terminal: Terminal,
  project: Project,
  { element, test, kind, formats, name }: ElementTest,
  { flags, verbose, told }: ElementTestOptions,
  scratch: string,
): Promise<Omit<TestResult, "name" | "seconds">> {
  const mark = join(scratch, "should-fail");
  const words = [element.name, test.name];
  const isDisk = kind === "disk";
  // Upstream's own way to look into an image whose build has failed.
  const look = `[ ! -e "$TMP_MOUNT_PATH/${SHOULD_FAIL}" ] || : >${shellQuote(mark)}`;
  const env = { ...terminal.env, break: "after-error", break_outside_target: "1", break_cmd: look };
  const planned = await planSelected(
    { ...terminal, env },
    {
      project: withTest(project, test),
      image: { name, elements: words, arch: undefined, base: !isDisk, environment: {}, definition: undefined },
    },
    words,
    { ...NOTHING_GIVEN, ...flags, output: join(scratch, "image"), types: formats, skipBase: isDisk },
    verbose,
    { told },
  );
  if (!planned.ok)
    return {
      ending: "failed",
      message: `it cannot be planned${planned.reason === undefined ? "" : `: ${planned.reason}`}`,
    };
  const outcome = await runPlanned(terminal, planned.plan, verbose);
  if (outcome.kind === "interrupted") return { ending: "interrupted" };
  if (outcome.kind !== "built") {
    if (existsSync(mark)) return { ending: "passed" };
    reportBuild(terminal, outcome, flags.cacheDir);
    return { ending: "failed", message: outcome.message, tail: outcome.tail };
  }
  if (await wasToFail(terminal, flags.cacheDir, outcome.outputs[0]))
    return { ending: "failed", message: "its build was to fail, and did not" };
  if (kind === "ramdisk" && !outcome.outputs.some((path) => path.endsWith(".initramfs")))
    return { ending: "failed", message: "its build made no initramfs" };
  return { ending: "passed" };
}

/** A test element hides one of its name, as the directory of tests is the first that upstream looks into. */
function withTest(project: Project, test: ElementTest["test"]): Project {
  const { catalog } = project;
  return { ...project, catalog: { ...catalog, elements: new Map([...catalog.elements, [test.name, test]]) } };
}

/** The end of a build clears `/tmp`, which its layers remember. */
async function wasToFail(
  terminal: Terminal,
  cacheDir: string | undefined,
  output: string | undefined,
): Promise<boolean> {
  const store = await openStore(terminal, cacheDir);
  const build = output === undefined ? undefined : await newestBuild(store, output);
  return build !== undefined && (await blame(store, build.record, `/${SHOULD_FAIL}`)).length > 0;
}
