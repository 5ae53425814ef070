import "../host/require.ts";
import type { CallRequest, Options } from "./arguments.ts";
import { cleanly, ended } from "./ending.ts";
import { createIo } from "./io.ts";
import type { Io } from "./verb.ts";

/** Runs a command that the start has accepted, also when it is cut off by a signal, and cleans up after it. */
export async function program(request: CallRequest): Promise<number> {
  return await cleanly(perform(request));
}

/** Answers cargo, which has started keyless as its credential provider. */
export async function provider(): Promise<number> {
  const { runProvider } = await import("../credentials/cargo_provider.ts");
  return await cleanly(ended(runProvider, createIo({})));
}

/** Runs a command; resolves with the exit code and never rejects. */
export async function perform(
  request: CallRequest,
  talk: (wishes: Options) => Io = createIo,
): Promise<number> {
  const { run } = await import("./app.ts");
  const { loadCommand } = await import("./commands.ts");
  const io = talk(request.globals);
  return await ended(() => run(request, io, loadCommand), io);
}
