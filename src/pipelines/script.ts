import type { SourceText } from "../formats/positions.ts";
import type { ShellOptions } from "../formats/shell.ts";
import type { Location } from "../problem.ts";
import type { Shell } from "./commands.ts";
import type { Surroundings } from "./credentials.ts";
import type { Setting } from "./model.ts";
import { placeIn } from "./yaml_text.ts";

/** A script and where it stands. */
export interface Script {
  readonly text: string;
  /** Where the part from `start` to `end` of the text stands in its file. */
  readonly placeOf: (start: number, end: number) => Location;
  /** What a step's script has seen, for those who look at it later. */
  readonly sees?: Surroundings;
}

/** A string of a YAML file as a script. */
export function scriptOf(source: SourceText, scalar: Pick<Setting, "value" | "at">): Script {
  return { text: scalar.value, placeOf: (start, end) => placeIn(source, scalar, start, end) };
}

/** How a script is run. */
export interface Interpreter {
  /** `null`: by something that reads no shell script, say Python. */
  readonly shell: Shell | null;
  readonly options: ShellOptions;
}

/** Programs that start a shell with the variables of the step. */
const STARTS_SHELL =
  /^(?:nix develop|nix shell|devbox run|mise exec|mise x|pixi run|direnv exec|flox activate|devenv shell)$/;
const INNER = /(?:^|\/)(?:ba|da|z|k)?sh$/;

/** The shell that a program starts with the step's script, by its last words; `null` where they name none. */
function innerShell(words: readonly string[]): string | null {
  const at = words.findLastIndex((word) => INNER.test(word));
  const ends = words.at(-1) === "{0}" && words.slice(at + 1, -1).every((word) => /^-|^pipefail$/.test(word));
  const hidesVariables = words.some((word) => /^(?:-i|--ignore-env(?:ironment)?|--pure)$/.test(word));
  return at > 1 && ends && !hidesVariables ? words.slice(at).join(" ") : null;
}

/**
 * What `shell:` names, or the runner's own shell when it names none. GitHub runs `bash` with `-e -o pipefail`, and with `-e` alone when
 * nobody asked for it (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell).
 */
export function interpreterOf(shell: string | null, windows = false): Interpreter {
  const name = (shell ?? (windows ? "pwsh" : "sh")).trim().split(/\s+/);
  const program = name[0]!.split(/[/\\]/).at(-1)!.replace(/\.exe$/, "");
  const inner = STARTS_SHELL.test(name.slice(0, 2).join(" ")) ? innerShell(name) : null;
  if (inner !== null) return interpreterOf(inner);
  const flags = name.slice(1).join(" ");
  switch (program) {
    case "bash":
    case "sh":
    case "zsh":
    case "dash":
    case "ksh": {
      const custom = flags !== "";
      return {
        shell: "posix",
        options: {
          stopsAtErrors: !custom || /(?:^|\s)-[a-z]*e/.test(flags),
          pipefail: custom ? /pipefail/.test(flags) : shell !== null && program === "bash",
        },
      };
    }
    case "pwsh":
    case "powershell":
      return { shell: "powershell", options: {} };
    case "cmd":
      return { shell: "cmd", options: {} };
    default:
      // An expression: most often it chooses between shells that are alike.
      return { shell: program.includes("${{") ? "posix" : null, options: {} };
  }
}
