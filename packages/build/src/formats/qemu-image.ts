import type { HostTool } from "../disk/host-tool.js";
import { defineFormat, type FormatRequest, type FormatUnit } from "./format.js";
import { runFormatTool } from "./format-failure.js";

const qemuImg: HostTool = { program: "qemu-img", debianPackage: "qemu-utils", purpose: "write disk image formats" };

interface QemuFormat {
  readonly name: string;
  readonly summary: string;
  /** qemu-img's own name when it differs. */
  readonly driver?: string;
  /** Switches and `-o` options besides the user's, who wins over an option of the same key. */
  readonly options?: (request: FormatRequest) => {
    readonly switches: readonly string[];
    readonly creation: readonly string[];
  };
}

const keyOf = (option: string) => option.split("=")[0] ?? "";

/** Arguments of qemu-img for a format. Sixteen requests at once, out of order, keep all processors busy. */
export function convertArguments(
  format: QemuFormat,
  request: FormatRequest,
  from: string,
  to: string,
): readonly string[] {
  const own = format.options?.(request) ?? { switches: [], creation: [] };
  const given = request.qemuImgOptions?.split(",").filter((option) => option !== "") ?? [];
  const creation = [...own.creation.filter((option) => !given.map(keyOf).includes(keyOf(option))), ...given];
  return [
    ...["qemu-img", "convert", ...own.switches, "-m", "16", "-W", "-f", "raw", "-O", format.driver ?? format.name],
    ...(creation.length === 0 ? [] : ["-o", creation.join(",")]),
    from,
    to,
  ];
}

/** A format that qemu-img converts the raw image to. */
export function defineQemuFormat(format: QemuFormat): FormatUnit {
  return defineFormat({
    name: format.name,
    summary: format.summary,
    extension: format.name,
    source: "image",
    tools: [qemuImg],
    write: ({ request, context, sourcePath, targetPath }) =>
      runFormatTool(format.name, convertArguments(format, request, sourcePath, targetPath), context),
  });
}
