import type { ExitCode } from "../problem.ts";
import { problemText } from "../report/problem_text.ts";
import { VERSION } from "../version.ts";
import { type CallRequest, type Options, readArguments, readWishes } from "./arguments.ts";
import { help } from "./commands/help.ts";
import { report } from "./errors.ts";
import { createIo, json } from "./io.ts";
import type { Io } from "./verb.ts";

/**
 * Answers what needs the table alone, so that it is there at once: version, help and wrong usage. Returns the exit code, or what is
 * asked for where the command line is right and asks for a command.
 */
export function answer(
  argv: readonly string[],
  talk: (wishes: Options) => Io = createIo,
): ExitCode | CallRequest {
  const io = talk(readWishes(argv));
  try {
    const request = readArguments(argv);
    switch (request.kind) {
      case "version":
        io.out(io.json ? json({ schema: "keyless/version/1", version: VERSION }) : `keyless ${VERSION}\n`);
        return 0;
      case "help":
        help(request, io);
        return 0;
      case "call":
        return request;
    }
  } catch (error) {
    return report(error, io, problemText);
  }
}
