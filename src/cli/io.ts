import { display, write } from "../host/terminal.ts";
import type { Options } from "./arguments.ts";
import type { Io } from "./verb.ts";

/** How a command talks, as the global options wish it. */
export function createIo(globals: Options): Io {
  const colour = globals.color === "always" || globals.color === "never" ? globals.color : "auto";
  return {
    json: globals.json === true,
    quiet: globals.quiet === true,
    verbose: globals.verbose === true,
    debug: globals.debug === true,
    stdout: display("stdout", { colour }),
    stderr: display("stderr", { colour }),
    out: (text) => write("stdout", text),
    err: (text) => write("stderr", text),
  };
}

/** A result as `--json` prints it. */
export function json(value: object): string {
  // The runner of GitHub Actions obeys `##[` anywhere in a line; in JSON the same text can be written so that it does not.
  return `${JSON.stringify(value, null, 2).replaceAll("##", "#\\u0023")}\n`;
}
