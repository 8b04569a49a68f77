import { type FileHandle, open } from "node:fs/promises";
import type { HostTool } from "@dibkit/exec";
import { ok } from "@dibkit/model";
import { defineFormat, type FormatRequest, type FormatUnit } from "./format.js";
import { notWritable, runFormatTool } from "./format-failure.js";

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
  /** Corrects what qemu-img writes by chance: identifiers, times and names of the file. */
  readonly settle?: (file: FileHandle, request: FormatRequest) => Promise<void>;
}

const keyOf = (option: string) => option.split("=")[0] ?? "";

/**
 * Arguments of qemu-img for a format. Sixteen requests at once, out of order, keep all processors busy; but where a
 * cluster then comes to lie is a matter of chance, so a repeatable image is written in order.
 */
export function convertArguments(
  format: QemuFormat,
  request: FormatRequest,
  from: string,
  to: string,
): readonly string[] {
  const own = format.options?.(request) ?? { switches: [], creation: [] };
  const given = request.qemuImgOptions?.split(",").filter((option) => option !== "") ?? [];
  const creation = [...own.creation.filter((option) => !given.map(keyOf).includes(keyOf(option))), ...given];
  const order = request.sourceDate === undefined ? ["-W"] : [];
  return [
    ...["qemu-img", "convert", ...own.switches, "-m", "16", ...order, "-f", "raw", "-O", format.driver ?? format.name],
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
    async write({ request, context, sourcePath, targetPath }) {
      const command = convertArguments(format, request, sourcePath, targetPath);
      const written = await runFormatTool(format.name, command, context);
      if (!written.ok || format.settle === undefined) return written;
      try {
        const file = await open(targetPath, "r+");
        await format.settle(file, request).finally(() => file.close());
        return ok(undefined);
      } catch (error) {
        return notWritable(targetPath, error);
      }
    },
  });
}
