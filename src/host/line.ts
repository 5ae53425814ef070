/** The first line of a stream without its end, or `null` when it ends before one. Longer than `limit` bytes is no line. */
export async function firstLine(stream: ReadableStream<Uint8Array>, limit = 1 << 16): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end).replace(/\r$/, "");
    if (text.length > limit) return null;
  }
  return null;
}

/** The first line of this program's stdin. */
export function readStdinLine(): Promise<string | null> {
  return firstLine(Deno.stdin.readable);
}
