import { assertEquals } from "@std/assert";
import type { Options } from "../../src/cli/arguments.ts";
import { perform } from "../../src/cli/program.ts";
import { answer as shell } from "../../src/cli/shell.ts";
import type { Io } from "../../src/cli/verb.ts";
import type { Display } from "../../src/host/terminal.ts";

/** A terminal's window as most people have it, without colours. */
export const TERMINAL: Display = { isTerminal: true, colour: false, unicode: true, width: 80 };

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What keyless answers to a command line, in this process. */
export async function answer(argv: readonly string[], display: Display = TERMINAL): Promise<Answer> {
  const written = { stdout: "", stderr: "" };
  const talk = (wishes: Options) => recorder(wishes, display, written);
  const answered = shell(argv, talk);
  const code = typeof answered === "number" ? answered : await perform(answered, talk);
  return { code, ...written };
}

/** What keyless answers on a terminal where it is written for; `$ keyless …`, then the output. */
export async function screen(argv: readonly string[], display: Display = TERMINAL): Promise<string> {
  const { code, stdout, stderr } = await answer(argv, display);
  return `$ keyless ${
    argv.map((word) => /^[\w@/.:=,|-]+$/.test(word) ? word : `"${word}"`).join(" ")
  }\n${stdout}${stderr}exit ${code}\n`;
}

function recorder(wishes: Options, display: Display, written: { stdout: string; stderr: string }): Io {
  return {
    json: wishes.json === true,
    quiet: wishes.quiet === true,
    verbose: wishes.verbose === true,
    debug: wishes.debug === true,
    stdout: display,
    stderr: display,
    out(text) {
      written.stdout += text;
    },
    err(text) {
      written.stderr += text;
    },
  };
}

/** Compares with golden/NAME.txt; `UPDATE_GOLDEN=1` writes the file instead, to be read before it is kept. */
export async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  const seen = text.replaceAll("\x1b", "␛");
  if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(file, seen);
  assertEquals(seen, await Deno.readTextFile(file));
}

/** The configuration of the profile that the tests run under. */
export const CONFIGURATION = Deno.env.get("KEYLESS_PROFILE") === "jsr" ? "deno.json" : "deno.npm.json";

/** What keyless answers as users start it, from source; with `into` its stdout goes to that file. */
export async function program(
  argv: readonly string[],
  options: { flags?: readonly string[]; env?: Record<string, string>; into?: string } = {},
): Promise<Answer> {
  const root = new URL("../../", import.meta.url);
  const redirected = ["-c", `exec "$0" "$@" >${options.into}`, Deno.execPath()];
  const { code, stdout, stderr } = await new Deno.Command(options.into ? "sh" : Deno.execPath(), {
    args: [
      ...options.into ? redirected : [],
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      `--config=${new URL(CONFIGURATION, root).pathname}`,
      ...options.flags ?? ["--allow-env", "--allow-read"],
      new URL("main.ts", root).pathname,
      ...argv,
    ],
    clearEnv: true,
    env: { ...inherited(), LC_ALL: "C.UTF-8", ...options.env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** What Deno itself needs; nothing that changes how the output looks. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "SYSTEMROOT", "TEMP", "LOCALAPPDATA"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
