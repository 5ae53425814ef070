import "../host/require.ts";
import { cleanUp, Interrupted, interrupted } from "../host/cleanup.ts";
import type { CallRequest, Options } from "./arguments.ts";
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

async function cleanly(work: Promise<number>): Promise<number> {
  const code = await Promise.race([work, interrupted]);
  await cleanUp();
  return code;
}

/** Runs a command; resolves with the exit code and never rejects. */
export async function perform(
  request: CallRequest,
  talk: (wishes: Options) => Io = createIo,
): Promise<number> {
  const { run } = await import("./app.ts");
  const io = talk(request.globals);
  return await ended(() => run(request, io), io);
}

async function ended(work: () => Promise<number>, io: Io): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) return await interrupted;
    const { report } = await import("./errors.ts");
    return report(error, io);
  }
}
