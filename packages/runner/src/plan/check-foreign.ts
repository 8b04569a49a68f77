import { existsSync, readFileSync } from "node:fs";
import { arch } from "node:process";
import { findProgram } from "@dibkit/exec";
import {
  ARCHITECTURE_TABLE,
  type ArchitectureFacts,
  architectureFacts,
  type Diagnostic,
  upstreamHas,
} from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";

/** Architectures whose programs a processor of another one runs by itself. */
const RUN_ALSO: Readonly<Record<string, readonly string[]>> = { amd64: ["i386"], arm64: ["armhf"], ppc64: ["powerpc"] };

const BINFMT = "/proc/sys/fs/binfmt_misc";

/**
 * Why this host cannot run the programs of an image's architecture, without which the first script in the image ends.
 * `binfmt` is the directory in which the kernel shows the interpreters it knows.
 */
export function checkForeign(
  { architecture, environment, upstreamVersion }: BuildRequest,
  elements: readonly { readonly name: string }[],
  binfmt = BINFMT,
): readonly Diagnostic[] {
  const host = ARCHITECTURE_TABLE.find((row: ArchitectureFacts) => row.node === arch)?.name;
  const wanted = architectureFacts(architecture);
  if (host === undefined || wanted === undefined || wanted.name === host) return [];
  const found: Diagnostic[] = [];
  if (!(RUN_ALSO[host] ?? []).includes(wanted.name) && !runs(wanted.qemu, binfmt)) {
    found.push({
      code: "foreign-architecture",
      severity: "error",
      message: `this ${host} machine cannot run programs of ${wanted.name}: no interpreter for them is registered with the kernel`,
      help: `install the packages qemu-user-static and binfmt-support, and see that ${BINFMT}/qemu-${wanted.qemu} says "enabled"`,
    });
  }
  const debootstraps = elements.some(({ name }) => name === "debootstrap");
  if (debootstraps && !upstreamHas("ownForeignDebootstrap", upstreamVersion) && !has("qemu-debootstrap", environment)) {
    found.push({
      code: "missing-host-tool",
      severity: "error",
      message: `program "qemu-debootstrap" is missing, which diskimage-builder ${upstreamVersion} needs to make a root of ${wanted.name}`,
      help: "install the package qemu-user-static of Debian 11 or older, or use diskimage-builder 3.38 or newer",
    });
  }
  return found;
}

function has(program: string, environment: BuildRequest["environment"]): boolean {
  return findProgram(program, environment) !== undefined;
}

/** Entries of the kernel's table are files that begin with "enabled" or "disabled". */
function runs(qemu: string, binfmt: string): boolean {
  const entry = `${binfmt}/qemu-${qemu}`;
  return existsSync(entry) && readFileSync(entry, "utf8").startsWith("enabled");
}
