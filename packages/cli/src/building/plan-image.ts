import type { Diagnostic } from "@dibkit/model";
import type { BuildLock, BuildPlan } from "@dibkit/runner";
import { parseByteSize } from "../byte-size.js";
import type { ExitCode } from "../command.js";
import { dibkitVersion } from "../dibkit-version.js";
import { hostArch } from "../host-arch.js";
import type { Project } from "../project/open-project.js";
import { type SelectedImage, selectImage } from "../project/select-image.js";
import { reportFailure, reportFindings } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";
import type { BuildOptionValues } from "./build-options.js";
import { cacheRegistries } from "./cache-registries.js";
import { callerWords } from "./caller-words.js";

/** A few Debian images with their disks and outputs. */
const DEFAULT_CACHE_SIZE = "40G";

export type PlannedImage =
  | { readonly ok: true; readonly plan: BuildPlan }
  | {
      readonly ok: false;
      readonly exitCode: ExitCode;
      /** The first of what is wrong with the image; all of it has been told. */
      readonly reason?: string | undefined;
    };

export interface PlanImageOptions {
  /** The plan is to be read, not run. */
  readonly readOnly?: boolean;
  /** Messages that need not be told again: what images share is wrong with all of them. */
  readonly told?: Set<string>;
  /** What the findings are about, where several images are planned: `cell "web-trixie"`. */
  readonly about?: string;
  /** What scripts may fetch, of a build that makes a lock or is held to one. */
  readonly lock?: Omit<BuildLock, "contents"> | undefined;
  /** No registry is asked, whatever is named. */
  readonly alone?: boolean;
  /** Elements that are in the image too, after those that it names. */
  readonly added?: readonly string[];
}

/** Plans the build of what the words of a command line name; whatever is wrong has been told on stderr. */
export async function planImage(
  terminal: Terminal,
  words: readonly string[],
  options: BuildOptionValues,
  verbose: boolean,
  more: PlanImageOptions = {},
): Promise<PlannedImage> {
  const selected = await selectImage(terminal, words, { ...options, typecheck: !options.noTypecheck });
  if (!selected.ok) return { ok: false, exitCode: await reportFailure(terminal, selected.error) };
  return planSelected(terminal, selected.value, words, options, verbose, more);
}

/** Plans the build of an image of a project that is open; `words` are what its scripts see as the command line. */
export async function planSelected(
  terminal: Terminal,
  { project, image }: { readonly project: Project; readonly image: SelectedImage },
  words: readonly string[],
  options: BuildOptionValues,
  verbose: boolean,
  { readOnly = false, told = new Set(), about, lock, alone = false, added = [] }: PlanImageOptions = {},
): Promise<PlannedImage> {
  const report = (findings: readonly Diagnostic[]) =>
    reportFindings(
      terminal,
      about === undefined ? findings : findings.map((one) => ({ ...one, message: `${about}: ${one.message}` })),
    );
  const [{ resolve, upstreamInstallation }, { buildRequest, planBuild }] = await Promise.all([
    import("@dibkit/model"),
    import("@dibkit/runner"),
  ]);
  const passEnvironment = [
    ...options.passEnv.flatMap((names) => names.split(",")),
    ...(project.config.passEnvironment ?? []),
  ];
  const secrets = [...options.secret, ...(project.config.secrets ?? [])];
  const wordOfSize = options.cacheSize ?? (terminal.env.DIBKIT_CACHE_SIZE || DEFAULT_CACHE_SIZE);
  const cacheSize = parseByteSize(wordOfSize);
  if (cacheSize === undefined) {
    return {
      ok: false,
      exitCode: usageFailure(terminal, `"${wordOfSize}" is not a size`, "write it like 500M or 20G"),
    };
  }
  if (options.noRecord && (options.network ?? "host") !== "host") {
    const message = `--no-record contradicts --network ${options.network}`;
    return { ok: false, exitCode: usageFailure(terminal, message, "leave one of them out") };
  }
  const flags = {
    ...{ ...options, store: options.cacheDir, secrets, passEnvironment, cacheSize, lock },
    ...(alone ? { cacheFrom: [], cacheTo: undefined } : cacheRegistries(options, terminal.env, project)),
  };
  const { env, cwd } = terminal;
  const upstream = upstreamInstallation(env);
  const elements = [...image.elements, ...added];
  const request = buildRequest(flags, elements, image.definition, {
    env,
    cwd,
    hostArchitecture: hostArch(),
    words: callerWords(words, options),
    upstreamVersion: upstream?.version,
    dibkitVersion: dibkitVersion(),
  });
  const resolution = resolve(project.catalog, elements, {
    arch: request.architecture,
    base: request.base,
    ...(request.ramdiskElement === undefined ? {} : { ramdiskElement: request.ramdiskElement }),
  });
  if (!resolution.ok) {
    const findings = resolution.error.map((failure) => failure.diagnostic);
    await report(findings);
    return { ok: false, exitCode: 2, reason: reasonIn(findings) };
  }
  const planned = await planBuild({
    request,
    resolution: resolution.value,
    elementsPath: project.catalog.paths,
    upstream,
    verbose,
    readOnly,
  });
  if (planned.ok) {
    const news = planned.value.diagnostics.filter(({ message }) => !told.has(message));
    for (const { message } of news) told.add(message);
    if (news.length > 0) await report(news);
    return { ok: true, plan: planned.value };
  }
  await report(planned.error);
  return { ok: false, exitCode: 2, reason: reasonIn(planned.error) };
}

const reasonIn = (findings: readonly Diagnostic[]) => findings.find(({ severity }) => severity === "error")?.message;
