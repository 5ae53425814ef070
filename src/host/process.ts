import { KeylessError } from "../problem.ts";
import { defer, Interrupted, stopped } from "./cleanup.ts";
import { asPermissionError } from "./permission.ts";
import { redact } from "./redact.ts";
import { Secret } from "./secret.ts";

export interface Command {
  /** A program of the permission table, found on PATH. */
  readonly program: string;
  /** Never holds a secret: other users of the machine can read it. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** The child's whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables with secrets, revealed only here. */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** Written to the child's stdin, which is closed afterwards; without it stdin is null. */
  readonly stdin?: string | Secret;
  /** Milliseconds until the process group is ended. Default: ten minutes. */
  readonly timeout?: number;
  /** Runs code of the project, so nothing of it may live on: it could watch what is started later. */
  readonly projectCode?: boolean;
  /** Cleans up, and so runs although the program is ending. */
  readonly cleanUp?: boolean;
  /** Each line as it comes, redacted. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

export interface Outcome {
  /** Exit code; 128 + signal number when a signal ended the child. */
  readonly code: number;
  /** What the child wrote, redacted; the last megabyte. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** The program is not on this machine. */
export class ProgramMissing extends KeylessError {
  constructor(readonly program: string, cause: unknown) {
    super({
      code: "client-missing",
      message: `${program} is not on this machine's PATH`,
      next: [`install ${program}, or add the step that sets it up to the job`],
    }, { cause });
    this.name = "ProgramMissing";
  }
}

/** Runs a program in a process group of its own. @throws {ProgramMissing} @throws {Interrupted} */
export async function run(command: Command): Promise<Outcome> {
  if (stopped.aborted && !command.cleanUp) throw stopped.reason;
  const child = spawn(command);
  const group = new Group(child.pid);
  const forget = defer(() => group.end());
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void group.end();
  }, command.timeout ?? 600_000);
  const onStop = () => void group.end();
  if (!command.cleanUp) stopped.addEventListener("abort", onStop, { once: true });
  try {
    const [stdout, stderr, status] = await Promise.all([
      collect(child.stdout, (line) => command.onLine?.(line, "stdout")),
      collect(child.stderr, (line) => command.onLine?.(line, "stderr")),
      child.status,
      feed(child, command.stdin),
    ]);
    if (stopped.aborted && !command.cleanUp) throw stopped.reason as Interrupted;
    return { code: status.code, stdout, stderr, timedOut };
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener("abort", onStop);
    if (command.projectCode) await group.kill();
    forget();
  }
}

function spawn(command: Command): Deno.ChildProcess {
  const env: Record<string, string> = { ...command.env };
  for (const [name, secret] of Object.entries(command.secrets ?? {})) env[name] = secret.reveal();
  try {
    return new Deno.Command(command.program, {
      args: [...command.args],
      cwd: command.cwd,
      env,
      clearEnv: true,
      stdin: command.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      // A group of its own, so that time-outs and signals reach what the client itself has started.
      detached: Deno.build.os !== "windows",
    }).spawn();
  } catch (error) {
    if (isMissing(error)) throw new ProgramMissing(command.program, error);
    throw asPermissionError({ name: "run", command: command.program }, error);
  }
}

function isMissing(error: unknown): boolean {
  // Deno before 2.7 says it in words alone where there is no PATH.
  return error instanceof Deno.errors.NotFound ||
    error instanceof Error && error.message.includes("no path to search");
}

async function feed(child: Deno.ChildProcess, stdin: string | Secret | undefined): Promise<void> {
  if (stdin === undefined) return;
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(stdin instanceof Secret ? stdin.reveal() : stdin));
    await writer.close();
  } catch {
    // The child ended without reading: its exit code tells.
  }
}

const KEPT = 1 << 20;
/** Of an endless line; the beginning of a secret may stand at its end. */
const TAIL = 8192;

/** Splits into lines before redacting, so that a secret is never cut in two. */
async function collect(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let kept = "";
  const emit = (raw: string) => {
    const line = redact(raw);
    kept = (kept + line + "\n").slice(-KEPT);
    onLine(line);
  };
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) emit(line.replace(/\r$/, ""));
    // A line without end (a progress bar) must not grow for ever. A secret is far shorter than what stays, and is found before the cut.
    if (rest.length > KEPT) {
      rest = redact(rest);
      emit(rest.slice(0, -TAIL));
      rest = rest.slice(-TAIL);
    }
  }
  rest += decoder.decode();
  if (rest) emit(rest);
  return kept;
}

/** The child and everything that it started. */
class Group {
  #ended: Promise<void> | undefined;

  constructor(readonly pid: number) {}

  /** TERM, then KILL after three seconds. Deno's own kill cannot reach a group under scoped permissions. */
  end(): Promise<void> {
    return this.#ended ??= this.#end();
  }

  /** Ends at once what is left of it. */
  async kill(): Promise<void> {
    if (Deno.build.os !== "windows") await quietly("kill", ["-KILL", "--", `-${this.pid}`]);
  }

  async #end(): Promise<void> {
    if (Deno.build.os === "windows") {
      await quietly("taskkill", ["/T", "/F", "/PID", String(this.pid)]);
      return;
    }
    await quietly("kill", ["-TERM", "--", `-${this.pid}`]);
    for (let i = 0; i < 30; i++) {
      if (!await quietly("kill", ["-0", "--", `-${this.pid}`])) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await quietly("kill", ["-KILL", "--", `-${this.pid}`]);
  }
}

async function quietly(program: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program, {
    args,
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
