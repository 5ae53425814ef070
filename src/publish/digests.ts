/** What identifies a file's content. */
export interface Digests {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sha512: string;
}

/** The digests of bytes. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Digests> {
  const [sha256, sha512] = await Promise.all([
    crypto.subtle.digest("SHA-256", bytes),
    crypto.subtle.digest("SHA-512", bytes),
  ]);
  return { size: bytes.length, sha256: hex(sha256), sha512: hex(sha512) };
}

function hex(buffer: ArrayBuffer): string {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
