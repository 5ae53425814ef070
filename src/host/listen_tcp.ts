import { systemClock } from "./clock.ts";
import { firstLine } from "./line.ts";
import { capable } from "./permission.ts";
import { Secret } from "./secret.ts";

/** A server that answers one line with one line, for programs of this machine that keyless has started. */
export interface LineServer {
  readonly port: number;
  close(): Promise<void>;
}

/** So many are heard at once; the others wait until one is done. */
const AT_ONCE = 16;

/** Milliseconds in which someone who has connected must have sent the line; a program that keyless started sends it at once. */
const PATIENCE = 5_000;

/**
 * Answers each connection's one line of text with one line of JSON, in which every {@link Secret} is revealed; `null` hangs up
 * without an answer. Listens on a free port of 127.0.0.1. Closing hangs up on everybody.
 */
export function serveLines(answer: (line: string) => Promise<object | null>): LineServer {
  const listener = capable(
    { name: "net", host: "127.0.0.1" },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const closing = new AbortController();
  const accepting = (async () => {
    while (!closing.signal.aborted) {
      const connection = await nextOf(listener, closing.signal);
      if (!connection) continue;
      if (closing.signal.aborted) return hangUp(connection);
      open.set(connection, converse(connection, answer).finally(() => open.delete(connection)));
      if (open.size >= AT_ONCE) await Promise.race(open.values());
    }
  })();
  return {
    port: listener.addr.port,
    async close() {
      closing.abort();
      listener.close();
      for (const connection of open.keys()) hangUp(connection);
      await accepting;
      await Promise.all(open.values());
    },
  };
}

/** The next connection; `null` where there is none, because the listener is closed or the machine has no room for one just now. */
async function nextOf(listener: Deno.TcpListener, closing: AbortSignal): Promise<Deno.TcpConn | null> {
  try {
    return await listener.accept();
  } catch {
    // Whoever takes all descriptors must not end the program before it has cleaned up.
    await systemClock.sleep(100, closing).catch(() => {});
    return null;
  }
}

async function converse(
  connection: Deno.TcpConn,
  answer: (line: string) => Promise<object | null>,
): Promise<void> {
  const timer = setTimeout(() => hangUp(connection), PATIENCE);
  try {
    const line = await firstLine(keepOpen(connection));
    clearTimeout(timer);
    const reply = line === null ? null : await answer(line);
    if (reply) await write(connection, `${revealing(reply)}\n`);
  } catch {
    // The other side broke off: nobody is left to answer.
  } finally {
    clearTimeout(timer);
    hangUp(connection);
  }
}

/** The answer of the {@link LineServer} on `port` to one line, or `null` when it hung up or is not there. */
export async function askLine(port: number, line: string): Promise<string | null> {
  let connection;
  try {
    connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await write(connection, `${line}\n`);
    return await firstLine(keepOpen(connection));
  } catch {
    // Gone, or never there: the caller says what that means.
    return null;
  } finally {
    if (connection) hangUp(connection);
  }
}

/** What arrives, as a stream whose end leaves the connection open for the answer. */
function keepOpen(connection: Deno.TcpConn): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const buffer = new Uint8Array(4096);
      const count = await connection.read(buffer);
      if (count === null) controller.close();
      else controller.enqueue(buffer.subarray(0, count));
    },
  });
}

async function write(connection: Deno.TcpConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

/** One line of JSON in which every {@link Secret} is revealed, for the answer to a client that asked for one. */
export function revealing(reply: object): string {
  // `toJSON` has hidden a secret before a replacer sees the value; its holder still has it.
  return JSON.stringify(reply, function (this: Record<string, unknown>, key, value) {
    const raw = this[key];
    return raw instanceof Secret ? raw.reveal() : value;
  });
}

function hangUp(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
