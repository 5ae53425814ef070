import { joined } from "../formats/shell.ts";
import type { Invocation } from "./commands.ts";

/** How a script in a shell calls itself. */
const ITSELF = String.raw`"?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})"?`;
const RESOLVED = String.raw`(?:${ITSELF}|"?\$\(\s?(?:readlink -f|realpath) ${ITSELF}\s?\)"?)`;
/** Its directory. */
const DIRECTORY = String
  .raw`(?:\$\(\s?dirname (?:-- )?${RESOLVED}\s?\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%\/\*\})`;
const VARIABLE = String.raw`\$(?:\w+|\{\w+\})`;
const REST = String.raw`(?:\/[\w./-]*)?`;
const BEGINS = new RegExp(
  String.raw`^(?:(${DIRECTORY})|(\$\(git rev-parse --show-toplevel\))|(${VARIABLE}))`,
);
const GONE_TO = new RegExp(
  String
    .raw`^\$\(\s{0,20}(?:cd (?:-P )?(?:-- )?"?((?:${DIRECTORY}|${VARIABLE})${REST})"?(?: ?&?>\s?\/dev\/null(?: 2>&1)?)?[ \t]{0,20}(?:&&|;|\n)\s{0,20}pwd(?: -P)?|(?:readlink -f|realpath) "?((?:${DIRECTORY}|${VARIABLE})${REST})"?)\s{0,20}\)`,
);

/** What is known of a script that names files by where it lies. */
interface OwnPlace {
  /** The directory in which its file lies, relative to the root; `null` where it is no file of its own. */
  readonly own: string | null;
  /** Variables that it has set. */
  readonly variables: ReadonlyMap<string, string | null>;
}

/** Variables name each other so often. */
const MOST = 4;

/**
 * `$(dirname "$0")/x.sh`, or `$HERE/x.sh` with such a variable, relative to the repository's root; `null` where it says nothing so, or
 * leads out of the repository.
 */
function besideScript(word: string, place: OwnPlace, patience = MOST): string | null {
  if (!word.startsWith("$") || word.length > 1000 || patience === 0) return null;
  const gone = GONE_TO.exec(word);
  const [whole = "", own, top, variable] = gone ?? BEGINS.exec(word) ?? [];
  if (whole === "") return null;
  const rest = word.slice(whole.length);
  if (rest !== "" && !/^\/[\w.@/-]*$/.test(rest)) return null;
  const from = gone
    ? besideScript((own ?? top)!, place, patience - 1)
    : variable !== undefined
    ? besideScript(place.variables.get(variable.replace(/[${}]/g, "")) ?? "", place, patience - 1)
    : own !== undefined
    ? place.own
    : ".";
  const path = from === null ? null : joined(from, `./${rest}`);
  return path === null || path.startsWith("..") ? null : path;
}

/** A command with the paths in the workspace that it names by where its script lies, `own`; `null` where that is no file of its own. */
export function withPlaces(invocation: Invocation, own: string | null): Invocation {
  const { written, args, variables } = invocation;
  const resolved = (word: string) => {
    const path = besideScript(word, { own, variables });
    return path === null ? word : `$GITHUB_WORKSPACE/${path}`;
  };
  const [first, ...others] = [written, ...args].map(resolved);
  return first === written && others.every((word, index) => word === args[index])
    ? invocation
    : { ...invocation, written: first!, args: others };
}
