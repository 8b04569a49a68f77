import type { OutputStream } from "./command-runner.js";
import { createLineSplitter } from "./line-splitter.js";
import type { createOutputTail } from "./output-tail.js";
import type { TextFilter } from "./redactor.js";

/** What becomes of the output of a command: each line goes to the tail and to whoever asked for it. */
export interface OutputOptions {
  /** Called for each line as it arrives, without its newline; very long lines come in pieces. */
  readonly onOutput?: (line: string, stream: OutputStream) => void;
  /** Makes what each stream goes through before anybody sees it; nothing of standard output is kept then. */
  readonly filter?: () => TextFilter;
}

/** Takes the bytes of one stream of a command. */
export function createOutputSink(
  tail: ReturnType<typeof createOutputTail>,
  stream: OutputStream,
  { onOutput, filter }: OutputOptions,
) {
  return createLineSplitter((line) => {
    tail.add(line);
    onOutput?.(line, stream);
  }, filter?.());
}
