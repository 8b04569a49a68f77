import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { exitCodeOf } from "@dibkit/exec";
import type { Phase, Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { hostReason } from "../host/network/host-reasons.js";
import { HOOKS_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { ImageState } from "../job/layer.js";
import { CAPTURE_ENVIRONMENT_SCRIPT } from "../plan/capture-environment-sh.js";
import { parseCapture } from "../plan/environment-capture.js";
import { environmentKey, startingEnvironment } from "../plan/phase-environment.js";
import { openEnvironment, sealEnvironment } from "../plan/secrets.js";
import { type BuildSession, stagingPath } from "./build-session.js";
import { lockFailure } from "./lock-failure.js";
import { PREPARING_FAILED, runCommandStep } from "./run-command-step.js";

/**
 * Sources `environment.d` once for a phase, on the side where the phase runs. On the host it is done anew each time,
 * because it may look at the host; in the target the image it looks at is known, so the result is kept.
 */
export async function environmentOfPhase(
  session: BuildSession,
  phase: Phase,
  state: ImageState,
  files: Readonly<Record<string, string>>,
  onDisk: boolean,
): Promise<Result<EnvironmentValues, BuildFailure>> {
  const start = startingEnvironment(session.base, phase);
  const key = environmentKey(phase, state, files, start, session.helpers, session.keys.digest);
  const { request } = session.job;
  const reusable = phase.side === "target" && !onDisk && !request.refresh && request.lock === undefined;
  const known = reusable ? await session.store.records.environment(key) : undefined;
  if (known !== undefined) return ok({ ...start, ...openEnvironment(known, session.secrets) });
  const directory = phase.side === "target" ? "/tmp/in_target.d/environment.d" : `${HOOKS_DIRECTORY}/environment.d`;
  const staging = stagingPath(session, `environment-${phase.name}`);
  const log = join(session.logs, `${phase.name}-environment.log`);
  const result = await runCommandStep(session, {
    id: phase.name,
    unwatched: hostReason("environment"),
    side: phase.side,
    command: ["bash", "-c", CAPTURE_ENVIRONMENT_SCRIPT, "dib-run-parts", directory],
    environment: start,
    withHooks: true,
    state,
    onDisk,
    staging,
    log,
    capture: true,
  });
  session.trees.discard();
  const captured = parseCapture(result.captured, start);
  const { fetched } = result.used;
  if (fetched.length > 0) session.recorder.noteEnvironment(phase.name, fetched);
  await rm(staging, { recursive: true, force: true });
  const refused = fetched.find((one) => one.refused !== undefined);
  if (refused !== undefined && !session.signal.aborted)
    return err(await lockFailure(`an environment file of ${phase.name}`, refused, log));
  if (result.outcome.ok && captured.values !== undefined) {
    const values = result.open?.withoutNetwork(captured.values, start) ?? captured.values;
    const sealed = sealEnvironment(values, session.secrets);
    // A secret that a file of environment.d sets, or takes from elsewhere, could not be filled in again.
    const own = [...session.secretNames].some((name) => values[name] !== start[name]);
    if (!own) await session.store.records.saveEnvironment(key, sealed);
    return ok(values);
  }
  if (!result.outcome.ok && result.outcome.error.kind === "aborted") return err({ kind: "interrupted" });
  const code = result.outcome.ok ? 1 : exitCodeOf(result.outcome.error);
  if (!result.outcome.ok && code === PREPARING_FAILED && captured.lastFile === undefined) {
    const message = `what the environment files of ${phase.name} run in could not be prepared`;
    const { tail } = result.outcome.error;
    return err({ kind: "stage-failed", message, tail, help: 'see with "dibkit doctor" what this machine lacks' });
  }
  const file = `environment.d/${basename(captured.lastFile ?? "")}`;
  const element = session.hooks.entries.get(file)?.element.name;
  return err({
    kind: "script-failed",
    message: `environment file ${file}${element === undefined ? "" : ` of element "${element}"`} failed with exit code ${code} before ${phase.name}`,
    exitCode: code,
    tail: result.outcome.ok ? [] : result.outcome.error.tail,
    log,
    help: 'environment files run under "set -eu": give every variable they read a default, as in ${NAME:-}',
  });
}
