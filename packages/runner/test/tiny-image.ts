import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElementDefinition, elementOf, loadCatalog, resolve } from "@dibkit/model";
import { tinyOs } from "../../../test/tiny-os.mjs";
import type { BuildEvent } from "../src/job/build-event.js";
import type { BuildOutcome } from "../src/job/build-job.js";
import { type BuildPlan, planBuild } from "../src/plan/plan-build.js";
import type { PlanDocument } from "../src/plan/plan-document.js";
import { buildRequest } from "../src/plan/request-from-flags.js";
import { startBuild } from "../src/run/start-build.js";

/** Files by path; a path of a phase directory is made executable. */
export type Tree = Readonly<Record<string, string>>;

/** An operating system of bash and a few programs of the host: real enough for every phase, ready in a second. */
const TINY_OS: Tree = {
  "element-provides": "operating-system\n",
  "root.d/10-tiny": tinyOs(
    ["bash", "sh", "cat", "env", "ls", "mkdir", "rm", "sleep", "grep"],
    "echo nameserver 192.0.2.1 | sudo tee $TARGET_ROOT/etc/resolv.conf > /dev/null\n",
  ),
};

/** Namespaces, overlays and loop devices need root; CI must have it. */
export const mayBuild = process.getuid?.() === 0 || process.env.CI !== undefined;

export const workerIsBuilt = existsSync(fileURLToPath(new URL("../../cli/bundle/worker.js", import.meta.url)));

export interface TinyProject {
  readonly directory: string;
  /** Writes an element; `null` removes a file. */
  element(name: string, tree: Readonly<Record<string, string | null>>, path?: string): void;
  plan(options?: TinyOptions): Promise<BuildPlan>;
  build(options?: TinyOptions): Promise<TinyBuild>;
  log(step: string): string;
  remove(): void;
}

export interface TinyOptions {
  readonly elements?: readonly string[];
  /** Elements defined in TypeScript, beside those that were written. */
  readonly definitions?: readonly ElementDefinition[];
  readonly formats?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly packages?: readonly string[];
  /** Directories of the project that have elements, in order of precedence. */
  readonly paths?: readonly string[];
  /** Name of the layer store's directory. */
  readonly store?: string;
  readonly refresh?: boolean;
  readonly noStore?: boolean;
  /** Bytes. */
  readonly cacheSize?: number;
  readonly maxAge?: string;
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: string;
  /** Key files. */
  readonly cacheSign?: string;
  readonly cacheSecretKey?: string;
  readonly cacheTrust?: readonly string[];
  readonly logfile?: string;
  readonly dockerTarget?: string;
  /** How the disk is made. */
  readonly disk?: "auto" | "loop" | "files";
  /** Name of the outputs without suffix. */
  readonly image?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: BuildEvent) => void;
}

export interface TinyBuild {
  readonly outcome: BuildOutcome;
  readonly events: readonly BuildEvent[];
  /** `cached`, `ran` or `failed` by step. */
  readonly steps: Readonly<Record<string, string>>;
  readonly logs: string;
  /** Steps as the plan that was built said them. */
  readonly planned: PlanDocument["steps"];
}

export function tinyProject(): TinyProject {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-build-"));
  let logs = "";
  const project: TinyProject = {
    directory,
    element(name, tree, path = "elements") {
      for (const [place, text] of Object.entries(tree)) {
        const file = join(directory, path, name, place);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file);
        else writeFileSync(file, text);
        if (text !== null && /^[a-z-]+\.d\//.test(place) && !place.startsWith("environment.d")) chmodSync(file, 0o755);
      }
    },
    async plan({
      elements: names = ["tiny-os", "probe"],
      definitions = [],
      formats = "tar",
      environment = {},
      paths = ["elements"],
      packages = [],
      store = "store",
      refresh = false,
      noStore = false,
      cacheSize,
      maxAge,
      cacheFrom = [],
      cacheTo,
      cacheSign,
      cacheSecretKey,
      cacheTrust = [],
      logfile,
      dockerTarget,
      disk,
      image = "image",
    } = {}) {
      const flags = {
        ...{ trace: 0, uncompressed: false, clear: false, skipBase: true, checksum: false, noTmpfs: false },
        ...{
          offline: false,
          refresh,
          noStore,
          cacheSize,
          maxAge,
          cacheFrom,
          cacheTo,
          cacheSign,
          cacheSecretKey,
          cacheTrust,
          logfile,
          dockerTarget,
          disk,
          packages,
          types: formats,
          imageSize: "0.2",
        },
        ...{
          output: join(directory, "out", image),
          imageCache: join(directory, "cache"),
          store: join(directory, store),
        },
      };
      const env = { PATH: process.env.PATH, HOME: directory, DIB_LOCKFILES: join(directory, "locks"), ...environment };
      const elementsPath = paths.map((path) => join(directory, path));
      const context = { env, cwd: directory, hostArchitecture: "amd64", words: names };
      const request = buildRequest(flags, names, undefined, context);
      const onDisk = loadCatalog(elementsPath);
      const defined = definitions.map((definition) => [definition.name, elementOf(definition)] as const);
      const catalog = { ...onDisk, elements: new Map([...onDisk.elements, ...defined]) };
      const resolution = resolve(catalog, names, { arch: "amd64", base: false });
      if (!resolution.ok) throw new Error(resolution.error.map(({ diagnostic }) => diagnostic.message).join("\n"));
      const plan = await planBuild({ request, resolution: resolution.value, elementsPath, verbose: false });
      if (!plan.ok) throw new Error(plan.error.map(({ message }) => message).join("\n"));
      return plan.value;
    },
    async build(options = {}) {
      const events: BuildEvent[] = [];
      const plan = await project.plan(options);
      logs = join(directory, options.store ?? "store", "builds", plan.job.id, "logs");
      const onEvent = (event: BuildEvent) => {
        events.push(event);
        options.onEvent?.(event);
      };
      const outcome = await startBuild(plan, { onEvent, signal: options.signal ?? new AbortController().signal });
      const steps = Object.fromEntries(
        events.flatMap((event) => (event.type === "step-finished" ? [[event.id, event.outcome] as const] : [])),
      );
      return { outcome, events, steps, logs, planned: plan.document.steps };
    },
    log: (step) => {
      const name = readdirSync(logs).find((file) => file === `${step.replaceAll("/", "-")}.log`);
      return name === undefined ? "" : readFileSync(join(logs, name), "utf8");
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  project.element("tiny-os", TINY_OS);
  return project;
}
