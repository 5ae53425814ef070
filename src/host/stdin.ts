import { KeylessError, UsageError } from "../problem.ts";

/**
 * All of this program's stdin.
 *
 * @throws {KeylessError} `file-unreadable` where it is longer than `limit` bytes
 * @throws {UsageError} `stdin-missing` where somebody would have to type it
 */
export async function readStdin(
  limit: number,
  stdin: Pick<typeof Deno.stdin, "isTerminal" | "readable"> = Deno.stdin,
): Promise<Uint8Array> {
  if (stdin.isTerminal()) {
    throw new UsageError({
      code: "stdin-missing",
      message: "The text is to come from stdin, and stdin is a terminal",
      next: ["hand the text over: < FILE, or COMMAND | keyless …"],
    });
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin.readable) {
    size += chunk.length;
    if (size > limit) {
      throw new KeylessError({
        code: "file-unreadable",
        message: `Cannot read stdin: it is longer than ${limit} bytes`,
        next: ["check that it is the file that you meant"],
      });
    }
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
