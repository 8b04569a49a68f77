import { type Diagnostic, UPSTREAM_CHANGES, type UpstreamChange, upstreamHas } from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";

/** Variables of upstream's builder that mean nothing here, and what there is instead. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  RUN_PARTS_REGEX: "name hook scripts as upstream does by default, by letters, digits, - and _",
  DIB_PYTHON_LOGGING_CONFIG_FILE: "use --logfile, or -v, for everything that is printed",
  DUMP_CONFIG_GRAPH: 'see what "dibkit plan" says of the disk',
  TMP_DIR: "give --cache-dir, or DIBKIT_CACHE: builds happen in the layer store",
};

/** Variables that only newer versions of upstream read, and what there is instead. */
const LATER: Readonly<Record<string, { readonly change: UpstreamChange; readonly help: string }>> = {
  ROOT_LABEL: { change: "rootLabelVariable", help: "give --root-label" },
  DIB_BLOCK_SIZE: { change: "blockSize", help: "use a newer diskimage-builder for disks with larger sectors" },
  DIB_CONTAINERFILE_RUNTIME: { change: "containerRuntimeVariable", help: "install podman, which this version uses" },
};

/** Warnings for variables that somebody set in the hope of an effect. */
export function checkVariables({
  environment,
  upstreamVersion,
}: Pick<BuildRequest, "environment" | "upstreamVersion">): readonly Diagnostic[] {
  return [...withoutEffect(environment), ...readLater(environment, upstreamVersion)];
}

function readLater(
  environment: Readonly<Record<string, string>>,
  upstreamVersion: string | undefined,
): readonly Diagnostic[] {
  const unread = Object.entries(LATER).flatMap(([name, { change, help }]) =>
    (environment[name] ?? "") === "" || upstreamHas(change, upstreamVersion)
      ? []
      : [later(`"${name}" has no effect: diskimage-builder ${upstreamVersion} does not read it`, change, help)],
  );
  const sums = environment.DIB_CHECKSUM ?? "";
  const isList = !["", "0", "1"].includes(sums) && !upstreamHas("checksumList", upstreamVersion);
  if (!isList) return unread;
  const message = `DIB_CHECKSUM is "${sums}", for which diskimage-builder ${upstreamVersion} writes no checksum`;
  return [...unread, later(message, "checksumList", "set it to 1 for both sums")];
}

function later(message: string, change: UpstreamChange, instead: string): Diagnostic {
  const help = `${instead}; since ${UPSTREAM_CHANGES[change].since} it ${UPSTREAM_CHANGES[change].what}`;
  return { code: "variable-of-newer-upstream", severity: "warning", message, help };
}

function withoutEffect(environment: Readonly<Record<string, string>>): readonly Diagnostic[] {
  return Object.entries(WITHOUT_EFFECT).flatMap(([name, help]) =>
    (environment[name] ?? "") === ""
      ? []
      : [{ code: "variable-without-effect", severity: "warning", message: `"${name}" has no effect here`, help }],
  );
}
