/** Runs `act` and catches what it writes to stderr. */
export function listening<T>(act: () => T): { text: string; result: T } {
  const caught = catching();
  try {
    return {
      result: act(),
      get text() {
        return caught.text;
      },
    };
  } finally {
    caught.stop();
  }
}

/** Catches what is written to stderr until it is stopped. */
export function catching(): { readonly text: string; stop(): void } {
  const stream = Deno.stderr as { writeSync(bytes: Uint8Array): number };
  const original = stream.writeSync;
  let text = "";
  stream.writeSync = (bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  return {
    get text() {
      return text;
    },
    stop() {
      stream.writeSync = original;
    },
  };
}
