import type { PublishEvent } from "@dibkit/publish";
import type { Terminal } from "../terminal.js";

const NARROW_STEP = 10;

/** Shows an upload on stderr: one line that moves for a person, a line for every tenth in a log. */
export function publishProgress(terminal: Terminal, renderBytes: (bytes: number) => string) {
  let shown = -1;
  let open = false;
  const end = () => {
    if (open) terminal.stderr.write("\n");
    open = false;
  };
  return {
    event(event: PublishEvent) {
      if (event.kind === "note") {
        end();
        shown = -1;
        terminal.stderr.write(`${event.text}\n`);
        return;
      }
      const percent = Math.floor((event.sent / event.bytes) * 100);
      const step = terminal.isTerminal ? percent : percent - (percent % NARROW_STEP);
      if (step === shown) return;
      shown = step;
      const text = `uploading ${`${step}`.padStart(3)} %  ${renderBytes(event.sent)} of ${renderBytes(event.bytes)}`;
      if (!terminal.isTerminal) return void terminal.stderr.write(`${text}\n`);
      open = true;
      terminal.stderr.write(`\r${text}\u001B[K`);
    },
    /** Ends the moving line. */
    end,
  };
}
