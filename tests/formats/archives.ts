/** One member of a tar archive, as it is to stand there, right or wrong. */
export interface Member {
  readonly path: string;
  readonly content?: string;
  /** Default: `0`, a regular file. */
  readonly type?: string;
  /** The text of the size field, where it is not the content's length in octal. */
  readonly size?: string;
  /** Default: POSIX's. */
  readonly magic?: string;
  readonly prefix?: string;
  readonly link?: string;
  /** What is added to the right checksum. */
  readonly off?: number;
}

/** A gzipped tar archive of these members, then of `end`: by default the two blocks of zeros with which an archive ends. */
export async function archive(
  members: readonly Member[],
  end: Uint8Array<ArrayBuffer> = new Uint8Array(1024),
): Promise<Uint8Array<ArrayBuffer>> {
  return await gzip([...members.flatMap(blocks), end]);
}

/** Bytes, gzipped. */
export async function gzip(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = new Blob([...parts]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

/** A pax record with its right length. */
export function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = new TextEncoder().encode(rest).length;
  let length = bytes;
  while (String(length).length + bytes !== length) length = String(length).length + bytes;
  return `${length}${rest}`;
}

function blocks(member: Member): Uint8Array<ArrayBuffer>[] {
  const encoder = new TextEncoder();
  const data = encoder.encode(member.content ?? "");
  const header = new Uint8Array(512);
  const put = (at: number, text: string) => header.set(encoder.encode(text), at);
  put(0, member.path);
  put(100, "0000644\0");
  put(124, member.size ?? data.length.toString(8).padStart(11, "0") + "\0");
  put(148, "        ");
  put(156, member.type ?? "0");
  put(157, member.link ?? "");
  put(257, member.magic ?? "ustar\x0000");
  put(345, member.prefix ?? "");
  const sum = header.reduce((total, byte) => total + byte, 0) + (member.off ?? 0);
  put(148, sum.toString(8).padStart(6, "0") + "\0 ");
  return [header, data, new Uint8Array((512 - data.length % 512) % 512)];
}
