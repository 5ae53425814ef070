/** Runs the program from source under its declared flags and tells what it really touched. */
import { fromFileUrl, isAbsolute, join, normalize } from "@std/path";
import { flags, names } from "../../src/permissions.ts";

/** What a run touched, each once, sorted. */
export interface Accesses {
  readonly hosts: readonly string[];
  /** Programs that it started itself; not what those started. */
  readonly programs: readonly string[];
  readonly variables: readonly string[];
  /** Files read, by where they are: `PROJECT/…`, `HOME/…`, `TMP/keyless-…`, `TREE/…` (the program itself), or as they are. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Anything else that Deno asks permission for. */
  readonly others: readonly string[];
}

export interface AuditedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly accesses: Accesses;
}

export interface AuditOptions {
  /** Where the program stands. */
  readonly project: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Directories of programs that clients start themselves, such as rustc. */
  readonly path?: string;
  /** `HOST:PORT` of servers of the test itself, which count as nothing. */
  readonly own?: readonly string[];
}

const TREE = fromFileUrl(new URL("../../", import.meta.url));
const CONFIG = Deno.env.get("KEYLESS_PROFILE") === "jsr" ? "deno.json" : "deno.npm.json";

/** `keyless ARGS` from source, with a private home and temporary directory, and with programs that write down who started them. */
export async function auditedRun(args: readonly string[], options: AuditOptions): Promise<AuditedRun> {
  const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "audit-" }));
  try {
    const at = { home: join(place, "home"), temporary: join(place, "tmp"), programs: join(place, "bin") };
    for (const path of Object.values(at)) await Deno.mkdir(path);
    const started = join(place, "started");
    await wrapPrograms(at.programs, started);

    const log = join(place, "audit.jsonl");
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...auditable(flags("scoped", "run")),
        "--config",
        join(TREE, CONFIG),
        join(TREE, "main.ts"),
        ...args,
      ],
      cwd: options.project,
      clearEnv: true,
      env: {
        PATH: [at.programs, options.path, "/usr/bin:/bin"].filter(Boolean).join(":"),
        HOME: at.home,
        TMPDIR: at.temporary,
        DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? place, ".cache", "deno"),
        DENO_NO_UPDATE_CHECK: "1",
        DENO_AUDIT_PERMISSIONS: log,
        ...options.env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const child = command.spawn();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      accesses: {
        ...sorted(await textOf(log), (path) => placeOf(path, options.project, at), options.own ?? []),
        programs: startedBy(child.pid, await textOf(started)),
      },
    };
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

/** With unscoped files Deno writes down every read as a write too, and the other way round; the root directory allows the same. */
function auditable(given: readonly string[]): string[] {
  return given.map((flag) => flag === "--allow-read" || flag === "--allow-write" ? `${flag}=/` : flag);
}

/**
 * Deno does not write down what was started, so each program of the table says it itself, and by whom, before it begins. In bash,
 * because a plain sh drops variables whose names are not its own kind, such as `npm_config_//…`.
 */
async function wrapPrograms(directory: string, log: string): Promise<void> {
  for (const name of names("programs")) {
    const real = await find(name);
    if (!real) continue;
    const script = `#!/usr/bin/env bash\necho "$PPID $$ ${name}" >>'${log}'\nexec '${real}' "$@"\n`;
    await Deno.writeTextFile(join(directory, name), script, { mode: 0o755 });
  }
}

async function find(program: string): Promise<string | null> {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(directory, program);
    const info = await Deno.stat(path).catch(() => null);
    if (info?.isFile) return path;
  }
  return null;
}

/** What the process started, without what those programs then became (`npm` becomes `node`). */
function startedBy(parent: number, log: string): string[] {
  const programs = new Map<string, string>();
  for (const [by, process, name] of log.split("\n").map((line) => line.split(" "))) {
    if (by === String(parent) && !programs.has(process!)) programs.set(process!, name!);
  }
  return unique([...programs.values()]);
}

function sorted(
  log: string,
  place: (path: string) => string,
  own: readonly string[],
): Omit<Accesses, "programs"> {
  const found: Record<"net" | "env" | "read" | "write" | "other", string[]> = {
    net: [],
    env: [],
    read: [],
    write: [],
    other: [],
  };
  for (const line of log.split("\n").filter(Boolean)) {
    const { permission, value } = JSON.parse(line) as { permission: string; value: string };
    if (permission === "net") {
      const { host, hostname } = new URL(value.includes("://") ? value : `https://${value}`);
      if (!own.includes(host)) found.net.push(hostname);
    } else if (permission === "env") {
      found.env.push(value);
    } else if (permission === "read" || permission === "write") {
      found[permission].push(place(value));
    } else {
      found.other.push(`${permission} ${value}`);
    }
  }
  const ignored =
    flags("scoped", "run").find((flag) => flag.startsWith("--ignore-env="))?.slice(13).split(",") ?? [];
  return {
    hosts: unique(found.net),
    variables: unique(found.env.filter((name) => !ignored.includes(name))),
    reads: unique(found.read),
    writes: unique(found.write),
    others: unique(found.other),
  };
}

function placeOf(value: string, project: string, at: { home: string; temporary: string }): string {
  if (value === "<TMP>") return "TMP";
  const path = normalize(isAbsolute(value) ? value : join(project, value));
  const places = [["PROJECT", project], ["HOME", at.home], ["TMP", at.temporary], ["TREE", TREE]] as const;
  for (const [name, directory] of places) {
    const base = directory.replace(/\/$/, "");
    if (path === base || path.startsWith(base + "/")) return name + path.slice(base.length);
  }
  return path;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
