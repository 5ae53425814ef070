import type { Location } from "../../problem.ts";
import type { IdToken, Step } from "../model.ts";

/** A variable that gets an OIDC token of CircleCI's: a new one, or the one that every job has. */
const ASSIGNED =
  /\b(\w+)=["']*\\?(?:\$\(\s*circleci\s+run\s+oidc\s+get\b((?:[^)'"]|'[^']{0,500}'|"(?:[^"\\]|\\.){0,500}"){0,500})\)|\$\{?CIRCLE_OIDC_TOKEN(?:_V2)?\b)/g;
const CLAIMS = /--claims[=\s]+(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+))/;

/** Whether a script asks for an OIDC token. */
export function asksForToken(script: string): boolean {
  return /\bcircleci\s+run\s+oidc\s+get\b|\bCIRCLE_OIDC_TOKEN\b|\bCIRCLE_OIDC_TOKEN_V2\b/.test(script);
}

/** The variables that a script puts OIDC tokens into. Without `--claims` a token is for the organization: it has no audience here. */
export function tokensIn(script: string, placeOf: (start: number, end: number) => Location): IdToken[] {
  return [...script.matchAll(ASSIGNED)].map((match) => {
    const [whole, variable, options = ""] = match;
    const claims = CLAIMS.exec(options);
    const at = placeOf(match.index, match.index + whole.length);
    const written = claims ? claims[1] ?? claims[2]?.replace(/\\(.)/g, "$1") ?? claims[3]! : null;
    return {
      variable: variable!,
      audiences: written === null ? [] : audiencesIn(written),
      at,
      audienceAt: claims ? at : null,
    };
  });
}

function audiencesIn(claims: string): readonly string[] | null {
  const [, single, list] = /"aud"\s*:\s*(?:"([^"]{0,500})"|\[([^\]]{0,500})\])/.exec(claims) ?? [];
  const audiences = single === undefined
    ? [...(list ?? "").matchAll(/"([^"]*)"/g)].map(([, each]) => each!)
    : [single];
  return /\$/.test(audiences.join()) || (audiences.length === 0 && claims.includes("$")) ? null : audiences;
}

/** Whether a variable that one step sets is there in another: each step is a shell of its own, and `BASH_ENV` is read by all. */
export function reaches(from: Step, to: Step): boolean {
  return from === to || /\bBASH_ENV\b/.test(from.run?.value ?? "");
}
