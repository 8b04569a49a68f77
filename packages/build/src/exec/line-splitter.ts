import { StringDecoder } from "node:string_decoder";

const LONGEST_PIECE = 64 * 1024;

/** Cuts a byte stream into lines; a line longer than 64 KiB comes in pieces so that memory stays bounded. */
export function createLineSplitter(onLine: (line: string) => void) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(chunk: Buffer) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (rest.length > LONGEST_PIECE) {
        onLine(rest);
        rest = "";
      }
    },
    end() {
      rest += decoder.end();
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}
