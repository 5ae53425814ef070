/** A regular file in an archive. */
export interface ArchivedFile {
  readonly path: string;
  /** The name in the file's own header; another one where an extended header before it says the path. */
  readonly ownName: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/** Archives that unpack to more bytes are not read: a small one can fill the memory. No registry takes one so large. */
const LARGEST = 1 << 30;

/** Extended headers beyond this are skipped by some readers. */
const LONGEST_EXTENSION = 1 << 20;

/**
 * The regular files of a gzipped tar archive as npm and cargo write one (`.tgz`, `.crate`), in order, under the names by which they are
 * unpacked. `null` for everything that two readers could take for different files: it decides what is uploaded. So nothing is
 * allowed but files, pax headers for one file (`x`) and GNU's long names (`L`). Formats: POSIX ustar and pax,
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, and https://www.gnu.org/software/tar/manual/html_node/Standard.html.
 *
 * @param largest `null` also for archives that unpack to more bytes.
 */
export async function readTarball(
  archive: Uint8Array<ArrayBuffer>,
  largest: number = LARGEST,
): Promise<ArchivedFile[] | null> {
  const bytes = await gunzip(archive, largest);
  return bytes && filesIn(bytes);
}

/** The text of one file in such an archive, or `null` when there is none. */
export async function readMember(archive: Uint8Array<ArrayBuffer>, path: string): Promise<string | null> {
  const file = (await readTarball(archive))?.find((each) => each.path === path);
  return file ? new TextDecoder().decode(file.bytes) : null;
}

function filesIn(bytes: Uint8Array): ArchivedFile[] | null {
  const files = new Map<string, ArchivedFile>();
  let extension: Extension | null = null;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const block = bytes.subarray(at, at + BLOCK);
    if (isZero(block)) return extension === null && isZero(bytes.subarray(at)) ? [...files.values()] : null;
    const header = headerOf(block);
    at += BLOCK;
    if (!header || at + header.size > bytes.length) return null;
    const content = bytes.subarray(at, at + header.size);
    at += Math.ceil(header.size / BLOCK) * BLOCK;
    if (header.type === "x" || header.type === "L") {
      if (extension !== null || header.size > LONGEST_EXTENSION) return null;
      extension = header.type === "x" ? paxRecords(content) : longName(content);
      if (extension === null) return null;
      continue;
    }
    if (header.type !== "0" && header.type !== "\0") return null;
    const path: string = extension?.path ?? header.name;
    if (!isPlainPath(path) || files.has(path) || (extension?.size ?? header.size) !== header.size) {
      return null;
    }
    files.set(path, { path, ownName: header.name, bytes: content });
    extension = null;
  }
  // Cut short: an archive ends with blocks of zeros.
  return null;
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

function headerOf(block: Uint8Array): Header | null {
  const size = octal(block.subarray(124, 136));
  const name = nameOf(block);
  // Some readers pass over a header with the name of a link, and take the content after it for headers.
  if (size === null || !name || field(block.subarray(157, 257)) !== "") return null;
  if (octal(block.subarray(148, 156)) !== checksum(block)) return null;
  return { name, size, type: latin1(block.subarray(156, 157)) };
}

function nameOf(block: Uint8Array): string | null {
  const name = field(block.subarray(0, 100));
  switch (latin1(block.subarray(257, 265))) {
    case "ustar\x0000": {
      // Without a byte at the end of the longer field, what follows the shorter one are times.
      const prefix = field(block.subarray(345, 345 + (block[475] === 0 ? 130 : 155)));
      return name && prefix !== null ? (prefix && `${prefix}/`) + name : null;
    }
    case "ustar  \0":
      // GNU has other fields where the prefix would be.
      return isZero(block.subarray(345, 500)) ? name : null;
    default:
      return null;
  }
}

/** The sum of a header's bytes, with blanks where the sum itself stands. */
function checksum(block: Uint8Array): number {
  return block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

/** What an extended header says about the file after it. */
interface Extension {
  readonly path?: string;
  readonly size?: number;
}

/** Keywords that say nothing about where files begin or what they are called. */
const HARMLESS = /^(?:[acm]time|[ug]id|[ug]name|comment|SCHILY\.(?:dev|ino|nlink))$/;

/** Records of the form `LENGTH KEY=VALUE\n`; the length counts the bytes of the whole record. */
function paxRecords(content: Uint8Array): Extension | null {
  const found = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(0x20, at);
    const length = utf8(content.subarray(at, Math.max(at, blank))) ?? "";
    const end = at + Number(length);
    if (!/^[1-9]\d{0,6}$/.test(length) || end > content.length || content[end - 1] !== 0x0a) return null;
    const [, key, value] = /^([^=]+)=(\P{Cc}*)$/u.exec(utf8(content.subarray(blank + 1, end - 1)) ?? "") ??
      [];
    if (key === undefined || found.has(key)) return null;
    if (key !== "path" && key !== "size" && !HARMLESS.test(key)) return null;
    found.set(key, value!);
    at = end;
  }
  const [path, size] = [found.get("path"), found.get("size")];
  if (size !== undefined && !/^\d{1,15}$/.test(size)) return null;
  return { ...path === undefined ? {} : { path }, ...size === undefined ? {} : { size: Number(size) } };
}

function longName(content: Uint8Array): Extension | null {
  const path = field(content);
  return path === null ? null : { path };
}

/** Relative, without detours and without what some system takes for a separator or a drive. */
function isPlainPath(path: string): boolean {
  return path.split("/").every((part) => !/^(?:\.{0,2}|[A-Za-z]:.*)$|[\\\p{Cc}]/u.test(part));
}

async function gunzip(archive: Uint8Array<ArrayBuffer>, largest: number): Promise<Uint8Array | null> {
  let size = 0;
  const bounded = new TransformStream<BufferSource, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      const bytes = chunk as Uint8Array<ArrayBuffer>;
      size += bytes.length;
      if (size > largest) throw new RangeError("The archive is too large");
      controller.enqueue(bytes);
    },
  });
  const unzipped = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip")).pipeThrough(
    bounded,
  );
  try {
    return new Uint8Array(await new Response(unzipped).arrayBuffer());
  } catch {
    // Not gzip, cut short, followed by something else, or too large.
    return null;
  }
}

/** Octal digits and an end; `null` for the binary form, which only files beyond 8 GiB need. */
function octal(bytes: Uint8Array): number | null {
  const digits = /^ *([0-7]+)[ \0]+$/.exec(latin1(bytes))?.[1];
  return digits === undefined ? null : parseInt(digits, 8);
}

/** Text that ends with the field or is filled up with zeros; `null` for anything else. */
function field(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  if (end < 0) return utf8(bytes);
  return isZero(bytes.subarray(end)) ? utf8(bytes.subarray(0, end)) : null;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Readers differ in what they make of it.
    return null;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
