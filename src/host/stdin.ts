import { KeylessError } from "../problem.ts";

/** All of this program's stdin. @throws {KeylessError} `file-unreadable` where it is longer than `limit` bytes */
export async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of Deno.stdin.readable) {
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
