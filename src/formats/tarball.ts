/** A regular file in an archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * The regular files of a gzipped tar archive (`.crate`, `.tgz`), in order, under the names by which they are unpacked; `null` when it is
 * no such archive. Format: POSIX ustar and pax, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, and GNU's long names.
 */
export async function readTarball(archive: Uint8Array<ArrayBuffer>): Promise<ArchivedFile[] | null> {
  const bytes = await gunzip(archive);
  if (!bytes) return null;
  const files: ArchivedFile[] = [];
  let next: Overrides = {};
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    at += BLOCK;
    if (header[0] === 0) continue;
    const size = next.size ?? octal(header);
    if (size === null || at + size > bytes.length) return null;
    const content = bytes.subarray(at, at + size);
    at += Math.ceil(size / BLOCK) * BLOCK;
    switch (String.fromCharCode(header[156]!)) {
      case "x":
        next = { ...next, ...records(content) };
        continue;
      case "L":
        next = { ...next, path: text(content) };
        continue;
      case "0":
      case "7":
      case "\0":
        files.push({ path: next.path ?? nameOf(header), bytes: content });
    }
    next = {};
  }
  return files;
}

/** The text of one file in such an archive, or `null` when there is none. */
export async function readMember(archive: Uint8Array<ArrayBuffer>, path: string): Promise<string | null> {
  const file = (await readTarball(archive))?.find((each) => each.path === path);
  return file ? new TextDecoder().decode(file.bytes) : null;
}

/** What an extended header says about the file after it. */
interface Overrides {
  readonly path?: string;
  readonly size?: number;
}

/** Records of the form `LENGTH KEY=VALUE\n`. */
function records(content: Uint8Array): Overrides {
  const found: { path?: string; size?: number } = {};
  for (const [, key, value] of new TextDecoder().decode(content).matchAll(/^\d+ ([^=\n]+)=(.*)$/gm)) {
    if (key === "path") found.path = value!;
    if (key === "size") found.size = Number(value);
  }
  return found;
}

async function gunzip(archive: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
  const unzipped = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(unzipped).arrayBuffer());
  } catch {
    // Not gzip, cut short, or followed by something else.
    return null;
  }
}

function nameOf(header: Uint8Array): string {
  const prefix = text(header.subarray(257, 262)) === "ustar" ? text(header.subarray(345, 500)) : "";
  const name = text(header.subarray(0, 100));
  return prefix ? `${prefix}/${name}` : name;
}

/** The size in a header; `null` for the binary form, which only files beyond 8 GiB need. */
function octal(header: Uint8Array): number | null {
  const digits = text(header.subarray(124, 136)).trim();
  return /^[0-7]*$/.test(digits) ? parseInt(digits || "0", 8) : null;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split("\0", 1)[0]!;
}
