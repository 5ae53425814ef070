/** A request as it came, complete. */
export interface Received {
  readonly method: string;
  /** Path and query, as sent: nothing is decoded or normalised. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What is sent back. */
export interface Answer {
  readonly status: number;
  /** The reason phrase; some clients show nothing else. Default: none. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const HEAD_LIMIT = 64 << 10;
const BODY_LIMIT = 512 << 20;
/** One byte, one character: so that a position in the text is one in the bytes. */
const latin = new TextDecoder("latin1");
const encoder = new TextEncoder();

/** Reads requests from one HTTP/1.1 connection (RFC 9112). */
export class RequestReader {
  readonly #connection: Deno.TcpConn;
  #rest: Uint8Array = new Uint8Array();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** The next request, or `null` when the client is done. @throws {Error} when it breaks off or speaks something else. */
  async next(): Promise<Received | null> {
    const head = await this.#until("\r\n\r\n");
    if (head === null) return null;
    const [first, ...lines] = head.split("\r\n");
    const [method, target] = first!.split(" ");
    if (!method || !target?.startsWith("/")) throw new Error("Not an HTTP/1.1 request");
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    if (/^100-continue$/i.test(headers.get("expect") ?? "")) {
      await writeAll(this.#connection, encoder.encode("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    const body = /chunked/i.test(headers.get("transfer-encoding") ?? "")
      ? await this.#chunks()
      : await this.#exactly(Number(headers.get("content-length") ?? 0));
    return { method, target, headers, body };
  }

  async #chunks(): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const size = parseInt(await this.#until("\r\n") ?? "", 16);
      if (size === 0) break;
      parts.push(await this.#exactly(size));
      await this.#exactly(2);
    }
    while (await this.#until("\r\n")) { /* trailers say nothing here */ }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  /** Text up to `mark`, which is swallowed; `null` when the connection ended before the first byte. */
  async #until(mark: string): Promise<string | null> {
    for (let from = 0;;) {
      const text = latin.decode(this.#rest.subarray(0, HEAD_LIMIT));
      const at = text.indexOf(mark, from);
      if (at >= 0) {
        this.#rest = this.#rest.subarray(at + mark.length);
        return text.slice(0, at);
      }
      if (text.length >= HEAD_LIMIT) throw new Error("Head too large");
      from = Math.max(0, text.length - mark.length);
      if (!await this.#more()) {
        if (this.#rest.length > 0) throw new Error("Request broken off");
        return null;
      }
    }
  }

  async #exactly(size: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!(size >= 0 && size <= BODY_LIMIT)) throw new Error("Body too large or of unknown size");
    const whole = new Uint8Array(size);
    for (let done = 0; done < size;) {
      if (this.#rest.length === 0 && !await this.#more()) throw new Error("Request broken off");
      const part = this.#rest.subarray(0, size - done);
      whole.set(part, done);
      done += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return whole;
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(64 << 10);
    const count = await this.#connection.read(chunk);
    if (count === null) return false;
    const joined = new Uint8Array(this.#rest.length + count);
    joined.set(this.#rest);
    joined.set(chunk.subarray(0, count), this.#rest.length);
    this.#rest = joined;
    return true;
  }
}

/** Writes an answer; `head`: without its body. */
export async function writeAnswer(
  connection: Deno.TcpConn,
  answer: Answer,
  options: { head: boolean; close: boolean },
): Promise<void> {
  const body = typeof answer.body === "string"
    ? encoder.encode(answer.body)
    : answer.body ?? new Uint8Array();
  const bodyless = answer.status === 204 || answer.status === 304;
  const lines = [`HTTP/1.1 ${answer.status} ${(answer.reason ?? "").replace(/[^\x20-\x7e]/g, " ")}`];
  for (const [name, value] of Object.entries(answer.headers ?? {})) lines.push(`${name}: ${value}`);
  if (!bodyless) lines.push(`content-length: ${body.length}`);
  if (options.close) lines.push("connection: close");
  await writeAll(connection, encoder.encode(lines.join("\r\n") + "\r\n\r\n"));
  if (!bodyless && !options.head) await writeAll(connection, body);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}
