import { type CommandFailure, describeFailure } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";

/** Why an output could not be written. Every kind carries a message for people. */
export type FormatFailure =
  | { readonly kind: "unknown-format"; readonly format: string; readonly message: string; readonly help?: string }
  | { readonly kind: "format-option-missing"; readonly format: string; readonly message: string; readonly help: string }
  | {
      readonly kind: "format-command-failed";
      readonly format: string;
      readonly message: string;
      readonly command: CommandFailure;
    }
  | { readonly kind: "output-not-writable"; readonly path: string; readonly message: string; readonly help: string };

/** Runs a tool of a format; its last line of output becomes part of the failure's message. */
export async function runFormatTool(
  format: string,
  argv: readonly string[],
  context: BuildContext,
  options: Parameters<BuildContext["commands"]["run"]>[1] = {},
): Promise<Result<void, FormatFailure>> {
  const done = await context.commands.run(argv, options);
  if (done.ok) return ok(undefined);
  const reason = done.error.tail.findLast((line) => line.trim() !== "");
  const message = `format ${format}: ${describeFailure(done.error)}${reason === undefined ? "" : `: ${reason.trim()}`}`;
  return err({ kind: "format-command-failed", format, message, command: done.error });
}

/** The failure of a file operation on an output. */
export function notWritable(path: string, error: unknown): Result<never, FormatFailure> {
  const { code, message } = error as NodeJS.ErrnoException;
  return err({
    kind: "output-not-writable",
    path,
    message: `cannot write "${path}": ${code ?? message}`,
    help: "check that the directory exists, is writable and has free space",
  });
}
