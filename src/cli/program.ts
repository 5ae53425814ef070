import "../host/require.ts";
import { cleanUp, Interrupted, interrupted } from "../host/cleanup.ts";
import { type Options, readArguments, readWishes } from "./arguments.ts";
import { report } from "./errors.ts";
import { createIo } from "./io.ts";
import type { Io } from "./verb.ts";

/** Runs the command that a command line asks for, also when it is cut off by a signal, and cleans up after it. */
export async function program(argv: readonly string[]): Promise<number> {
  const code = await Promise.race([perform(argv), interrupted]);
  await cleanUp();
  return code;
}

/** Runs the command that a command line asks for; resolves with the exit code and never rejects. */
export async function perform(
  argv: readonly string[],
  talk: (wishes: Options) => Io = createIo,
): Promise<number> {
  try {
    if (argv[0] === "--cargo-plugin") {
      const { runProvider } = await import("../credentials/cargo_provider.ts");
      return await runProvider();
    }
    const request = readArguments(argv);
    // The shell has answered the others.
    if (request.kind !== "call") return 0;
    const { run } = await import("./app.ts");
    return await run(request, talk(request.globals));
  } catch (error) {
    return error instanceof Interrupted ? await interrupted : report(error, talk(readWishes(argv)));
  }
}
