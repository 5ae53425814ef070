import type { Secret } from "../host/secret.ts";
import type { Problem } from "../problem.ts";
import { isPublic } from "./known.ts";
import type { Registry } from "./registry.ts";

/** What is wrong with a token, without the registry's name on it. */
export type TokenFault = Pick<Problem, "code" | "message" | "why" | "next">;

/**
 * What is wrong with a credential, seen without any network: first what is wrong with any token, then, at a public registry, what
 * `form` knows about the form of its own. Nothing in the answer holds a part of the token.
 */
export function checkToken(
  token: Secret,
  registry: Registry,
  form: (value: string, registry: Registry) => TokenFault | null,
): Problem | null {
  const value = token.reveal();
  const fault = written(value, registry.label) ?? placeholder(value, registry.label) ??
    (isPublic(registry) ? foreign(value, registry) ?? form(value, registry) : null);
  return fault && { ...fault, registry: registry.name };
}

/** Marks that a value got on its way: none of them can be sent in a header. */
function written(value: string, label: string): TokenFault | null {
  if (value.trim() === "") {
    return {
      code: "token-empty",
      message: `The token for ${label} is empty`,
      why: ["A secret that is not set, or not available to this job, arrives as an empty string."],
      next: ["set the secret, in the environment that the job runs in"],
    };
  }
  const flaw = /[\r\n]$/.test(value)
    ? "ends with a line break"
    : /[\r\n]/.test(value)
    ? "has more than one line"
    : value !== value.trim()
    ? "begins or ends with a blank"
    : /^(["'`]).*\1$/.test(value)
    ? "stands in quotes"
    : /[^\x20-\x7e]/.test(value)
    ? "holds characters that no token has"
    : null;
  if (!flaw) return null;
  return {
    code: "token-malformed",
    message: `The token for ${label} ${flaw}`,
    next: ["store it again, exactly as the registry showed it: printf %s TOKEN, without echo's line break"],
  };
}

const PLACEHOLDER =
  /^(?:undefined|null|none|nil|false|true|changeme|todo|x{3,}(?:-x{3,})*|\*+|\.{3,}|<.*>|\$\{\{.*\}\}|\$\{[^}]*\}|\$\(.*\)|\$[A-Z_][A-Z0-9_]*|%[A-Z_]+%|(?:your|my)[-_ ].*token)$/i;

/** Whether a value is what a tool or a template writes where a secret was not set. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value);
}

function placeholder(value: string, label: string): TokenFault | null {
  if (!isPlaceholder(value)) return null;
  return {
    code: "token-placeholder",
    message: `The token for ${label} is a placeholder, not a token`,
    why: [
      "It is what a tool or a template writes where a value was not set: a name, a reference that nobody resolved, or X's.",
    ],
    next: [
      "set the secret that the workflow names, and check its spelling",
      "setup-node before version 7 writes X's: drop its `registry-url`",
    ],
  };
}

/** Forms of credentials that belong somewhere else, each with the kind of registry that it is for. */
const FORMS: readonly (readonly [form: RegExp, what: string, kind: Registry["kind"] | null])[] = [
  [/^pypi-/, "a token of PyPI", "pypi"],
  [/^npm_/, "a token of npm", "npm"],
  [/^cio(?:_tp_)?[A-Za-z0-9]{32}$/, "a token of crates.io", "crates"],
  [/^(?:gh[pousr]_|github_pat_)/, "a token of GitHub", null],
  [/^glpat-/, "a token of GitLab", null],
  [/^eyJ[A-Za-z0-9_-]*\.eyJ[A-Za-z0-9_-]*\./, "an OIDC token, which has to be exchanged first", null],
];

function foreign(value: string, { kind, label }: Registry): TokenFault | null {
  const found = FORMS.find(([form]) => form.test(value));
  if (!found || found[2] === kind) return null;
  return {
    code: "token-wrong-registry",
    message: `The token for ${label} is ${found[1]}`,
    next: [
      "set the variable to a token of this registry",
      "in CI: run with --credential oidc, which needs no token",
    ],
  };
}
