/**
 * What must happen before the program ends, also on a signal: burn tokens, end children, remove private directories.
 * The last thing registered is undone first.
 */
type Task = () => void | Promise<void>;

const tasks = new Map<symbol, Task>();
const interruption = Promise.withResolvers<number>();
const aborter = new AbortController();
let listening = false;

/** Aborted on SIGINT, SIGTERM and SIGHUP; everything that waits should listen to it. */
export const stopped: AbortSignal = aborter.signal;

/** Resolves with the exit code (130, 143, 129) when a signal arrives. */
export const interrupted: Promise<number> = interruption.promise;

/** Runs `task` when the program ends, unless the returned function was called before (which does not run it). */
export function defer(task: Task): () => void {
  listen();
  const key = Symbol();
  tasks.set(key, task);
  return () => tasks.delete(key);
}

/** Runs everything registered, newest first, each bounded by `limit` milliseconds; never throws. */
export async function cleanUp(limit = 8000): Promise<void> {
  for (const [key, task] of [...tasks].reverse()) {
    tasks.delete(key);
    const bound = Promise.withResolvers<void>();
    const timer = setTimeout(bound.resolve, limit);
    try {
      await Promise.race([task(), bound.promise]);
    } catch {
      // One clean-up that fails must not keep the others from running.
    } finally {
      clearTimeout(timer);
    }
  }
}

function listen(): void {
  if (listening) return;
  listening = true;
  const codes = Deno.build.os === "windows"
    ? [["SIGINT", 130]] as const
    : [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;
  for (const [signal, code] of codes) {
    Deno.addSignalListener(signal, () => {
      interruption.resolve(code);
      aborter.abort(new Interrupted(signal));
    });
  }
}

/** Why waiting ended early: a signal arrived. */
export class Interrupted extends Error {
  constructor(readonly signal: string) {
    super(`Interrupted by ${signal}`);
    this.name = "Interrupted";
  }
}

/** The {@link Interrupted} that aborted `signal`, if that is why it was aborted. */
export function interruptedOr(signal: AbortSignal | undefined): Interrupted | null {
  return signal?.aborted && signal.reason instanceof Interrupted ? signal.reason : null;
}
