import { cleanUp, Interrupted, interrupted } from "../host/cleanup.ts";
import type { Io } from "./verb.ts";

/** The exit code of `work`, also when it is cut off by a signal, once everything is cleaned up after it. */
export async function cleanly(work: Promise<number>): Promise<number> {
  const code = await Promise.race([work, interrupted]);
  await cleanUp();
  return code;
}

/** The exit code of `work`; what it throws is reported. Never rejects. */
export async function ended(work: () => Promise<number>, io: Io): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) return await interrupted;
    const { report } = await import("./errors.ts");
    const { renderProblem } = await import("../report/terminal.ts");
    return report(error, io, renderProblem);
  }
}
