import { type Env, given } from "../host/env.ts";
import { plainLine, redact } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";

/** Stores that a value may name instead of a variable, e.g. `keychain:npm`. */
const STORE = /^(?:keychain|secret-service|vault|op):/;

/** `$${…}`, `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, or any other `${`. */
const PART = /\$\$\{([^}]*)\}|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\}|)/g;

/** Whether a value says where a secret is, instead of being one. */
function isReference(text: string): boolean {
  return STORE.test(text) || text.includes("${");
}

/** Why `text` must not stand in a file: it is the secret itself; `null` when it is a reference. The text is not repeated. */
export function literalSecret(text: string): Problem | null {
  return text.trim() === "" || (isReference(text) && redact(text) === text) ? null : SECRET_IN_FILE;
}

/** The same for an address that carries a user name or password. */
export function literalUserInfo(address: string): Problem | null {
  return /:\/\/[^/]*@/.test(address) ? SECRET_IN_FILE : null;
}

const SECRET_IN_FILE: Problem = {
  code: "literal-secret",
  message: "a secret is written into the file",
  why: ["Whoever can read the repository, its history or a copy of it has this secret now."],
  next: [
    "revoke it where it was made, because it stays in the history",
    'write a reference such as token = "${COMPANY_REGISTRY_TOKEN}" in [registry.NAME.auth], and set the variable',
  ],
};

/**
 * `text` with its references replaced: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; `$${…}` stands for `${…}` itself. An empty
 * variable counts as unset.
 *
 * @throws {UsageError} `variable-unset`, `reference-invalid`, `reference-unsupported`
 */
export function resolveReference(text: string, env: Env): string {
  if (STORE.test(text)) throw new UsageError(unsupported(text));
  return text.replace(
    PART,
    (whole: string, escaped?: string, name?: string, sign?: string, rest?: string) => {
      if (escaped !== undefined) return `\${${escaped}}`;
      if (!name) throw new UsageError(invalid(whole));
      const value = given(env, name);
      if (value !== undefined) return value;
      if (sign === "-") return rest ?? "";
      throw new UsageError(unset(name, rest));
    },
  );
}

function unset(name: string, message: string | undefined): Problem {
  return {
    code: "variable-unset",
    message: `${name} is not set`,
    why: message
      ? [plainLine(message)]
      : ["An empty variable counts as unset, because an unset CI secret arrives as an empty one."],
    next: [`set ${name} for this step`, `or write \${${name}:-default} in the configuration`],
  };
}

function invalid(part: string): Problem {
  return {
    code: "reference-invalid",
    message: `A reference is not complete: "${part}…"`,
    next: ["write ${NAME}, ${NAME:-default} or ${NAME:?message}; for a literal ${…} write $${…}"],
  };
}

function unsupported(text: string): Problem {
  const store = text.slice(0, text.indexOf(":"));
  return {
    code: "reference-unsupported",
    message: `A value that is kept in ${store} cannot be read here`,
    why: [
      "Registries take their credentials from ${NAME} references; stores are read by `keyless credential` only.",
    ],
    next: ["put the value into a variable for this run, and refer to it as ${NAME}"],
  };
}
