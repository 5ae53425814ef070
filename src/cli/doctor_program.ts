import "../host/require.ts";
import { run } from "./app.ts";
import type { CallRequest } from "./arguments.ts";
import * as doctor from "./commands/doctor.ts";
import { cleanly, ended } from "./ending.ts";
import { createIo } from "./io.ts";

/**
 * Runs `doctor`, as `program` runs any command. It has an entry of its own because a compiled program holds it apart, with what V8 has
 * made of it beforehand (docs/decisions/0008-doctor-is-compiled-ahead.md).
 */
export async function program(request: CallRequest): Promise<number> {
  const io = createIo(request.globals);
  return await cleanly(ended(() => run(request, io, () => Promise.resolve(doctor)), io));
}
