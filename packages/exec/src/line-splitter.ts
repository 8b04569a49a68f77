import { StringDecoder } from "node:string_decoder";
import type { TextFilter } from "./redactor.js";

const LONGEST_PIECE = 64 * 1024;

/**
 * Cuts a byte stream into lines; a line longer than 64 KiB comes in pieces so that memory stays bounded. `filter` sees
 * the text before it is cut.
 */
export function createLineSplitter(onLine: (line: string) => void, filter?: TextFilter) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const add = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (rest.length > LONGEST_PIECE) {
      onLine(rest);
      rest = "";
    }
  };
  return {
    write(chunk: Buffer) {
      const text = decoder.write(chunk);
      add(filter ? filter.write(text) : text);
    },
    end() {
      const text = decoder.end();
      add(filter ? filter.write(text) + filter.end() : text);
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
