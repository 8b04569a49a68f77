import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import {
  type Diagnostic,
  type Element,
  err,
  ok,
  type Resolution,
  type Result,
  type UpstreamInstallation,
} from "@dibkit/model";
import { checkFormats } from "../formats/check-formats.js";
import { ELEMENTS_DIRECTORY } from "../job/build-directories.js";
import type { BuildJob } from "../job/build-job.js";
import type { BuildRequest } from "../job/build-request.js";
import { type LayerStore, layerStoreAt } from "../layers/layer-store.js";
import { layerKind } from "../layers/open-layer-trees.js";
import type { FoundCommands } from "../layers/script-commands.js";
import { readTrustedKeys } from "../remote/cache-keys.js";
import { openRemoteLook } from "../remote/look-remote.js";
import { baseEnvironment } from "./base-environment.js";
import { checkBuild } from "./check-build.js";
import { checkLoopScripts } from "./check-loop-scripts.js";
import { checkVariables } from "./check-variables.js";
import { askedWay, chooseDiskWay, diskWayHost } from "./choose-disk-way.js";
import { declaredVariablePhases } from "./declared-phases.js";
import { digestKey } from "./digest-key.js";
import { diskSeed } from "./disk-seed.js";
import { elementFiles } from "./element-files.js";
import { finalFormats } from "./final-formats.js";
import { formatRequest } from "./format-request.js";
import { helperFiles } from "./helper-files.js";
import { declaredHookInputs, mergeHooks } from "./hooks-tree.js";
import { keyContext } from "./key-context.js";
import { knownEnvironment } from "./known-environment.js";
import { lineageOf } from "./lineage.js";
import { passedEnvironment, tellLeftOut } from "./passed-environment.js";
import { planDiskLayout } from "./plan-disk-layout.js";
import type { PlanDocument } from "./plan-document.js";
import { askedPackages, planPackages } from "./plan-packages.js";
import { planSteps } from "./plan-steps.js";
import { type Prediction, predictSteps } from "./predict-steps.js";
import { hideSecrets, secretNames, secretValues, valueDigest } from "./secrets.js";

/** What this host lacks for a build, which another host may have. */
const HOST_LACKS = new Set([
  ...["missing-host-tool", "foreign-architecture", "docker-daemon", "not-writable", "cache-key"],
  "loop-in-script",
]);

export interface PlanInput {
  readonly request: BuildRequest;
  readonly resolution: Resolution;
  /** ELEMENTS_PATH entries, in order of precedence. */
  readonly elementsPath: readonly string[];
  /** The diskimage-builder that the build uses, when there is one. */
  readonly upstream?: UpstreamInstallation | undefined;
  readonly verbose: boolean;
  /** The plan is to be read, not run: a program that this host lacks is then only a warning. */
  readonly readOnly?: boolean;
}

export interface BuildPlan {
  readonly document: PlanDocument;
  /** Hand it to `startBuild`. */
  readonly job: BuildJob;
  /** Elements that are not on disk, for `startBuild` to write. */
  readonly authored: readonly Element[];
  /** What was found in scripts, so that the build need not parse them again. */
  readonly scripts: FoundCommands;
  /** Things worth knowing that do not stop the build. */
  readonly diagnostics: readonly Diagnostic[];
  /** What it has in common with other images, whatever stores and registries have. */
  readonly predict: () => Prediction;
}

/**
 * Plans a build without doing any of it, and checks everything that can be known before it. All errors come together;
 * nothing is written but the (empty) layer store's directories are looked at.
 */
export async function planBuild(input: PlanInput): Promise<Result<BuildPlan, readonly Diagnostic[]>> {
  const { resolution } = input;
  const elements = resolution.elements.map(({ element }) => element);
  const trust = readTrustedKeys(input.request);
  const trustedKeys = trust.ok ? trust.value : [];
  const request: BuildRequest = {
    ...input.request,
    formats: finalFormats(input.request, elements),
    ...(trustedKeys === undefined ? {} : { trustedKeys }),
  };
  const image = absolute(request.imageName, request.workingDirectory);
  const lineage = lineageOf(image, request.architecture);
  const hooks = mergeHooks(elements);
  const seed = diskSeed(
    image,
    request.architecture,
    elements.map(({ name }) => name),
  );
  const disk = planDiskLayout(request, elements, seed);
  const shown = elements.map((element) => ({
    name: element.name,
    path: element.origin === "typescript" ? join(ELEMENTS_DIRECTORY, element.name) : element.root,
  }));
  const names = secretNames(elements, request.secrets ?? [], request.environment);
  const secrets = secretValues(names, request.environment);
  const helpers = helperFiles(hooks);
  const passed = passedEnvironment(request, helpers);
  const base = baseEnvironment({
    request,
    passed: passed.values,
    secrets,
    elements: shown,
    elementsPath: input.elementsPath,
    ...ofUpstream(input.upstream),
    disk: disk.layout?.plan.environment ?? {},
  });
  const { values: environment, stages } = await knownEnvironment(hooks, base);
  const { layout } = disk;
  const host = diskWayHost();
  const planned = layout && { ...layout, ...chooseDiskWay(askedWay(request), layout.plan, host) };
  const checks = { request, image, elements, hooks, disk: planned, values: environment, stages };
  const found = [...(await checkBuild(checks, input.readOnly)), ...checkLoopScripts(hooks, host.loopTroubles)];
  const checked = found.map(
    (diagnostic): Diagnostic =>
      input.readOnly && HOST_LACKS.has(diagnostic.code) ? { ...diagnostic, severity: "warning" } : diagnostic,
  );
  const diagnostics = [
    ...hooks.diagnostics,
    ...disk.diagnostics,
    ...checked,
    ...checkVariables(request),
    ...tellLeftOut(passed),
  ];
  if (planned === undefined || diagnostics.some(({ severity }) => severity === "error")) return err(diagnostics);
  const store = existsSync(request.store) ? layerStoreAt(request.store) : undefined;
  const digest = valueDigest(secrets, await digestKey(request, store, input.readOnly));
  const own = {
    image,
    elements: elements.map((element) => ({
      name: element.name,
      directory: element.root,
      authored: element.origin === "typescript",
      files: elementFiles(element),
    })),
    disk: {
      ...{ source: planned.source, parameters: planned.parameters },
      ...{ environment: planned.plan.environment, chosen: planned.chosen },
    },
  };
  const keys = keyContext({ request, helpers, digest });
  const remote = input.readOnly ? await openLook(request, store) : undefined;
  const context = { request, hooks, helpers, base, store, lineage, keys, secrets, secretNames: names, remote };
  const steps = await planSteps(context, own);
  remote?.close();
  const { installType, architecture, upstreamVersion } = request;
  const { units } = checkFormats(formatRequest(request, image));
  const packages = planPackages(elements, { values: environment, architecture, installType, upstreamVersion });
  const document: PlanDocument = {
    version: 1,
    image,
    architecture,
    elements: resolution.elements.map(({ element, because }) => ({ name: element.name, path: element.root, because })),
    steps,
    packages,
    environment: hideSecrets(environment, names, secrets),
    disk: planned.plan,
    diskWay: planned.chosen,
    outputs: units.flatMap(({ extension }) => {
      const path = `${image}.${extension}`;
      return extension === undefined ? [] : [path, ...request.checksums.map((algorithm) => `${path}.${algorithm}`)];
    }),
  };
  const job: BuildJob = {
    id: newBuildId(lineage),
    ...own,
    request,
    secrets: [...names],
    passed: Object.keys(passed.values).sort(),
    elementsPath: input.elementsPath,
    declaredInputs: declaredHookInputs(hooks),
    declaredPhases: declaredVariablePhases(hooks),
    askedFor: askedPackages(packages),
    ...ofUpstream(input.upstream),
    writable: [dirname(image), ...(request.logFile === undefined ? [] : [dirname(request.logFile)])],
    verbose: input.verbose,
  };
  const troubles = (remote?.troubles ?? []).map((message) => ({
    ...{ code: "cache-registry", severity: "warning", message },
  })) satisfies readonly Diagnostic[];
  const authored = elements.filter(({ origin }) => origin === "typescript");
  const predict = () => predictSteps(context, own);
  const scripts = keys.scripts.found();
  return ok({ document, job, authored, scripts, diagnostics: [...diagnostics, ...troubles], predict });
}

/** A plan that is read says what registries have; a build asks them itself. */
async function openLook(request: BuildRequest, store: LayerStore | undefined) {
  const kind = store && (await layerKind(store));
  return openRemoteLook(request, kind ?? "overlay", createCommandRunner());
}

/** The parts of an installation that a build needs. */
function ofUpstream(upstream: UpstreamInstallation | undefined): Pick<BuildJob, "upstreamLibrary" | "python"> {
  if (upstream === undefined) return {};
  const { lib, python: program, pythonPath: path } = upstream;
  return { upstreamLibrary: lib, python: { program, ...(path === undefined ? {} : { path }) } };
}

function absolute(path: string, directory: string): string {
  return path.startsWith("/") ? path : join(directory, path);
}

function newBuildId(lineage: string): string {
  const time = new Date()
    .toISOString()
    .replaceAll(/[-:TZ]/g, "")
    .slice(0, 17);
  return `${time}-${lineage.slice(0, 4)}${process.pid.toString(36)}`;
}
