import type { Resolution } from "@dibkit/model";
import type { ExitCode, OptionSpec } from "../command.js";
import { hostArch } from "../host-arch.js";
import { reportFailure, reportFindings } from "../report-failure.js";
import type { Terminal } from "../terminal.js";
import type { Project, ProjectOptions } from "./open-project.js";
import { selectImage } from "./select-image.js";

/** Options that decide which elements are in an image. */
export const resolveOptions = {
  arch: { type: "string", short: "a", value: "ARCH", summary: "architecture of the image, by default this machine's" },
  skipBase: { type: "boolean", short: "n", summary: "leave the element base out" },
  ramdiskElement: { type: "string", value: "ELEMENT", summary: "make a ramdisk with this element" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export interface ResolveImageOptions extends ProjectOptions {
  readonly arch: string | undefined;
  readonly skipBase: boolean;
  readonly ramdiskElement: string | undefined;
}

export type ResolvedImage =
  | { readonly ok: true; readonly project: Project; readonly resolution: Resolution; readonly arch: string }
  | { readonly ok: false; readonly exitCode: ExitCode };

/** Opens the project, finds what the words name and resolves it; whatever is wrong has been told on stderr. */
export async function resolveImage(
  terminal: Terminal,
  words: readonly string[],
  options: ResolveImageOptions,
): Promise<ResolvedImage> {
  const selected = await selectImage(terminal, words, options);
  if (!selected.ok) return { ok: false, exitCode: await reportFailure(terminal, selected.error) };
  const { project, image } = selected.value;
  const { resolve } = await import("@dibkit/model/resolution");
  // As a build takes them: the caller's variables count, and what is empty is as good as not given.
  const arch = (options.arch ?? image.arch ?? terminal.env.ARCH) || hostArch();
  const resolution = resolve(project.catalog, image.elements, {
    arch,
    base: !options.skipBase && terminal.env.SKIP_BASE !== "1" && image.base,
    ...(options.ramdiskElement === undefined ? {} : { ramdiskElement: options.ramdiskElement }),
  });
  if (resolution.ok) return { ok: true, project, resolution: resolution.value, arch };
  await reportFindings(
    terminal,
    resolution.error.map((failure) => failure.diagnostic),
  );
  return { ok: false, exitCode: 2 };
}
