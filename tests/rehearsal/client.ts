/** What a package manager did. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** Runs a real package manager with nothing of this machine's settings but where programs are. */
export async function runClient(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Run> {
  const inherited = ["PATH", "RUSTUP_HOME", "CARGO_HOME", "HOME"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value] as const] : [];
  });
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: options.cwd,
    env: { ...Object.fromEntries(inherited), NO_PROXY: "127.0.0.1", ...options.env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

/** Declares a test that needs a program; without the program it is reported as ignored, with the reason in its name. */
export function clientTest(program: string, name: string, test: () => Promise<void>): void {
  const there = isOnPath(program);
  Deno.test({ name: there ? name : `${name} (${program} is not on PATH)`, ignore: !there, fn: test });
}

function isOnPath(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** Gives a directory with these files, and removes it. */
export async function inDirectory(
  files: Readonly<Record<string, string>>,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${directory}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${directory}/${path}`, text);
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
