/** Something that must not be talked to. */
export interface Trap {
  readonly origin: string;
  /** How many connections it got. */
  readonly visits: () => number;
  close(): Promise<void>;
}

/** Listens on this machine, and hangs up on everybody. */
export function setTrap(): Trap {
  let visits = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) {
      visits++;
      connection.close();
    }
  })();
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    visits: () => visits,
    async close() {
      listener.close();
      await accepting;
    },
  };
}

/** Runs `test` while private directories are made below `directory`, as on a machine where others can write above them. */
export async function withTemporary(directory: string, test: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("TMPDIR");
  await Deno.mkdir(directory, { recursive: true });
  Deno.env.set("TMPDIR", directory);
  try {
    await test();
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
  }
}

/** Writes files that are not committed, with their directories. */
export async function plant(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text, { mode: 0o755 });
  }
}

/** The text of a file, `null` when there is none. */
export async function textOf(path: string): Promise<string | null> {
  return await Deno.readTextFile(path).catch(() => null);
}
