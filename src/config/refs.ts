import { type Env, given } from "../host/env.ts";
import { plainLine, redact } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";
import { ownerElsewhere } from "../registries/variables.ts";

/** Stores that a value may name instead of a variable, e.g. `keychain:npm`. */
const STORE = /^(?:keychain|secret-service|vault|op):/;

/** `$${…}`, `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, or any other `${`. */
const PART = /\$\$\{([^}]{0,1000})\}|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]{0,1000}))?\}|)/g;

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
  return resolve(text, env, () => null);
}

/**
 * The same for what is sent in the open, an address or an audience: no credential may get into it.
 *
 * @throws {UsageError} `variable-not-allowed`, and as {@link resolveReference}
 */
export function resolveAddress(text: string, env: Env): string {
  return resolve(
    text,
    env,
    (name, value) => CREDENTIAL.test(name) || redact(value) !== value ? inAddress(name) : null,
  );
}

/** The names of the variables that a text refers to. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(PART)].flatMap(([, , name]) => name ?? []);
}

/** Names of variables that hold credentials. */
const CREDENTIAL =
  /TOKEN|PASSW|SECRET|KEY(?!LESS)|AUTH|CREDENTIAL|(?:^|_)(?:PASS|PWD|PAT|JWT|COOKIE|SESSION)(?:_|$)|^ACTIONS_/i;

function resolve(text: string, env: Env, refuse: (name: string, value: string) => Problem | null): string {
  if (STORE.test(text)) throw new UsageError(unsupported(text));
  return text.replace(
    PART,
    (whole: string, escaped?: string, name?: string, sign?: string, rest?: string) => {
      if (escaped !== undefined) return `\${${escaped}}`;
      if (!name) throw new UsageError(invalid(whole));
      const value = given(env, name);
      const refusal = refuse(name, value ?? "");
      if (refusal) throw new UsageError(refusal);
      if (value !== undefined) return value;
      if (sign === "-") return rest ?? "";
      throw new UsageError(unset(name, rest));
    },
  );
}

function inAddress(name: string): Problem {
  return {
    code: "variable-not-allowed",
    message: `${name} looks like a credential, and would be sent to whoever the address names`,
    why: ["Addresses and audiences are printed, logged and sent in the open."],
    next: [
      "write the address itself, or a variable that holds nothing secret",
      'a credential belongs into [registry.NAME.auth]: token = "${COMPANY_REGISTRY_TOKEN}"',
    ],
  };
}

/** Why `[registry.NAME.auth]` of a registry at `host` must not refer to these variables; `null` when it may. */
export function foreignVariable(text: string, host: string): Problem | null {
  for (const name of variablesIn(text)) {
    const owner = ownerElsewhere(name, host);
    if (owner) return belongsTo(owner, name, host);
  }
  return null;
}

function belongsTo(owner: string, name: string, host: string): Problem {
  return {
    code: "variable-not-allowed",
    message: `${name} holds a credential of ${owner}, and would be sent to ${plainLine(host, 120)}`,
    next: ["put the credential of this registry into a variable of its own, such as COMPANY_REGISTRY_TOKEN"],
  };
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
