import { run as help } from "./commands/help.ts";
import { report } from "./errors.ts";
import { VERSION } from "../version.ts";
import { type Options, readArguments, readWishes } from "./arguments.ts";
import { createIo, json } from "./io.ts";
import type { Io } from "./verb.ts";

/**
 * Answers a command line; resolves with the exit code and never rejects. Version, help and wrong usage need the table alone, so
 * that they are there at once; what a command needs is loaded only when the command is known to be right.
 */
export async function answer(
  argv: readonly string[],
  talk: (wishes: Options) => Io = createIo,
): Promise<number> {
  const io = talk(readWishes(argv));
  try {
    // cargo starts its credential provider with this word in front.
    if (argv[0] === "--cargo-plugin") {
      const { runProvider } = await import("../credentials/cargo_provider.ts");
      return await runProvider();
    }
    const request = readArguments(argv);
    switch (request.kind) {
      case "version":
        io.out(io.json ? json({ schema: "keyless/version/1", version: VERSION }) : `keyless ${VERSION}\n`);
        return 0;
      case "help": {
        const { topic, brief } = request;
        return await help({
          verb: "help",
          arguments: topic ? [topic.name] : [],
          options: brief ? { brief } : {},
          command: [],
          io,
        });
      }
      case "call": {
        const { run } = await import("./app.ts");
        return await run(request, talk(request.globals));
      }
    }
  } catch (error) {
    return await report(error, io);
  }
}
