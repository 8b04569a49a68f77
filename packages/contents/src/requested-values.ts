import type { BuildJob, BuildRequest } from "@dibkit/runner";

/** What a request says of how to build, by name; where things are and what is kept is no part of it. */
export function requestedFlags(request: BuildRequest) {
  const { architecture, formats, packages, installType, base, compress, offline, checksums } = request;
  const { imageSize, imageExtraSize, maxOnlineResize, journalSize, rootLabel, ramdiskElement } = request;
  const { mkfsOptions, qemuImgOptions, dockerTarget, disk, network } = request;
  return {
    ...{ architecture, formats, packages, installType, base, compress, offline, checksums },
    ...{ imageSize, imageExtraSize, maxOnlineResize, journalSize, rootLabel, ramdiskElement },
    ...{ mkfsOptions, qemuImgOptions, dockerTarget, disk, network },
  };
}

/** The caller's variables that reached scripts; of a job of an earlier version those that the builder's own are among. */
export function passedVariables({ request: { environment }, passed }: BuildJob): Readonly<Record<string, string>> {
  const names = passed ?? Object.keys(environment).filter((name) => name.startsWith("DIB_"));
  const values = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values.sort(([a], [b]) => (a < b ? -1 : 1)));
}
