import { VERSION } from "../../version.ts";
import type { Request } from "../arguments.ts";
import { programHelp, verbHelp, welcome } from "../help.ts";
import { json } from "../io.ts";
import { GLOBAL_OPTIONS, VERBS } from "../table.ts";
import type { Io } from "../verb.ts";

/** Shows help for a command or for the program. */
export function help({ topic, brief }: Extract<Request, { kind: "help" }>, io: Io): void {
  if (io.json) {
    const verbs = topic ? [topic] : VERBS.filter(({ hidden }) => !hidden);
    io.out(json({ schema: "keyless/help/1", version: VERSION, verbs, options: GLOBAL_OPTIONS }));
  } else if (topic) {
    io.out(verbHelp(topic, io.stdout));
  } else {
    io.out(brief ? welcome(io.stdout) : programHelp(io.stdout));
  }
}
