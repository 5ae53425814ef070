import { type Answer, type Received, RequestReader, writeAnswer } from "./http1.ts";
import { capable } from "./permission.ts";

/** Answers one request; `null` breaks the connection off without an answer. */
export type Handler = (request: Received) => Promise<Answer | null>;

/** A server that is up. */
export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Breaks off what is still open; resolves when nothing is left. */
  close(): Promise<void>;
}

/**
 * Serves on a free port of 127.0.0.1. Not `Deno.serve`: that one can neither send a reason phrase, which is all that twine shows of a
 * refusal, nor break a connection off without sending a head first.
 */
export function listen(handler: Handler): Listener {
  const host = { hostname: "127.0.0.1", port: 0 };
  const listener = capable({ name: "net", host: host.hostname }, () => Deno.listen(host));
  const closed = Promise.withResolvers<null>();
  const open = new Map<Deno.TcpConn, Promise<void>>();
  let accepting = true;
  const accepted = (async () => {
    while (accepting) {
      try {
        const connection = await listener.accept();
        const talk = converse(connection, handler, closed.promise).finally(() => open.delete(connection));
        open.set(connection, talk);
      } catch {
        // Closed, or a client that was gone before it was let in.
      }
    }
  })();
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    async close() {
      accepting = false;
      listener.close();
      closed.resolve(null);
      await accepted;
      for (const connection of open.keys()) end(connection);
      await Promise.all(open.values());
    },
  };
}

async function converse(connection: Deno.TcpConn, handler: Handler, closed: Promise<null>): Promise<void> {
  try {
    connection.setNoDelay();
    const reader = new RequestReader(connection);
    for (let request; (request = await reader.next());) {
      const answer = await Promise.race([guarded(handler, request), closed]);
      if (!answer) break;
      const close = /\bclose\b/i.test(request.headers.get("connection") ?? "");
      await writeAnswer(connection, answer, { head: request.method === "HEAD", close });
      if (close) break;
    }
  } catch {
    // A client that breaks off, or was killed, is what these servers are made for.
  } finally {
    end(connection);
  }
}

/** A bug in a handler must be seen by whoever asked, not look like a broken connection. */
async function guarded(handler: Handler, request: Received): Promise<Answer | null> {
  try {
    return await handler(request);
  } catch (error) {
    return { status: 500, reason: "Internal Server Error", body: `Internal Server Error\n${error}\n` };
  }
}

function end(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
