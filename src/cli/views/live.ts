import type { Progress } from "../../host/session.ts";
import { worded } from "../../report/symbols.ts";
import type { Io } from "../verb.ts";

/** On a terminal one live line, below the complete lines; everywhere else complete lines only. */
export function progressOf(io: Io): Progress {
  if (io.quiet) return { say() {}, live() {} };
  if (!io.stderr.isTerminal) return { say: (line) => io.err(line + "\n"), live() {} };
  let shown = false;
  const wipe = () => {
    if (shown) io.err("\r\x1b[2K");
    shown = false;
  };
  return {
    say(line) {
      wipe();
      io.err(line + "\n");
    },
    live(text) {
      wipe();
      if (text === null) return;
      const line = worded(text, io.stderr);
      io.err(line.length > io.stderr.width - 1 ? `${line.slice(0, io.stderr.width - 2)}…` : line);
      shown = true;
    },
  };
}
