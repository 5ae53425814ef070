import type { ExitCode } from "../../problem.ts";
import { VERSION } from "../../version.ts";
import { programHelp, verbHelp, welcome } from "../help.ts";
import { json } from "../io.ts";
import { GLOBAL_OPTIONS, verbOf, VERBS } from "../table.ts";
import type { Call } from "../verb.ts";

/** Shows help for the command that the first argument names, or for the program. */
export function run({ arguments: [name], options, io }: Call): Promise<ExitCode> {
  const verb = name === undefined ? undefined : verbOf(name);
  if (io.json) {
    const verbs = verb ? [verb] : VERBS.filter(({ hidden }) => !hidden);
    // Functions have no place in JSON: what remains of a verb is what one may know about it.
    io.out(
      json({ schema: "keyless/help/1", version: VERSION, verbs, options: GLOBAL_OPTIONS }),
    );
  } else if (verb) {
    io.out(verbHelp(verb, io.stdout));
  } else {
    io.out(options.brief ? welcome(io.stdout) : programHelp(io.stdout));
  }
  return Promise.resolve(0);
}
