/** Somebody who listens on this machine and keeps what is sent to him. */
export interface Thief {
  readonly origin: string;
  readonly port: number;
  /** Everything that arrived, a text for each connection. */
  readonly loot: string[];
  close(): Promise<void>;
}

/** Answers every request with `body`, and keeps the request. */
export function thief(body = "{}", status = "200 OK"): Thief {
  const loot: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const talk = async (connection: Deno.TcpConn) => {
    open.add(connection);
    const at = loot.push("") - 1;
    try {
      const buffer = new Uint8Array(64 << 10);
      for (let count; (count = await connection.read(buffer)) !== null;) {
        loot[at] += new TextDecoder("latin1").decode(buffer.subarray(0, count));
        if (!loot[at]!.includes("\r\n\r\n")) continue;
        const answer =
          `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
        await connection.write(new TextEncoder().encode(answer));
        break;
      }
      connection.close();
    } catch {
      // Whoever it was has gone.
    }
    open.delete(connection);
  };
  const accepting = (async () => {
    for await (const connection of listener) void talk(connection);
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    loot,
    async close() {
      listener.close();
      await accepting;
      for (const connection of open) connection.close();
    },
  };
}

/** Whether a minted token, an OIDC token or one of the tests' tokens is in `text`. */
export function holdsToken(text: string): boolean {
  return /cio_tp_[A-Za-z0-9]{32}|pypi-AgE[A-Za-z0-9_-]{40}|npm_[A-Za-z0-9]{30,}|CANARY|eyJ[\w-]{10,}\.eyJ[\w-]{10,}/
    .test(text);
}

/** One member of a tar archive. */
export interface Member {
  readonly path: string;
  readonly content: string;
  /** Default: `0`, a regular file. */
  readonly type?: string;
  /** What the header says, where that is not the truth. */
  readonly size?: number;
}

/** A gzipped tar archive with right checksums, as node-tar wants them. */
export async function tgz(members: readonly Member[]): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { path, content, type = "0", size } of members) {
    const data = encoder.encode(content);
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(encoder.encode(text), at);
    put(0, path);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, (size ?? data.length).toString(8).padStart(11, "0") + "\0");
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, type);
    put(257, "ustar\0" + "00");
    put(148, header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ");
    parts.push(header, data, new Uint8Array((512 - data.length % 512) % 512));
  }
  parts.push(new Uint8Array(1024));
  return new Uint8Array(
    await new Response(new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
}
