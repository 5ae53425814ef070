import type { Located } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import type { Problem } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import type { ClientName } from "./project.ts";

/** The clients that upload each kind of package, the usual one first. */
export const CLIENTS_OF: Readonly<Record<Kind, readonly [ClientName, ...ClientName[]]>> = {
  crates: ["cargo"],
  pypi: ["twine", "uv"],
  npm: ["npm"],
};

/** Clients that people use and keyless does not start itself. */
const FOREIGN: Readonly<Record<string, Kind>> = {
  pnpm: "npm",
  yarn: "npm",
  bun: "npm",
  poetry: "pypi",
  flit: "pypi",
  hatch: "pypi",
  maturin: "pypi",
};

/** Why a client that exists cannot be chosen; `null` for the ones that can, and for words that are no client. */
export function foreignClient(name: string): Problem | null {
  const kind = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
  if (!kind) return null;
  const usable = CLIENTS_OF[kind].map((client) => `client = "${client}"`).join(" or ");
  return {
    code: "client-not-supported",
    message: `keyless does not upload with ${name}`,
    why: [
      "Whoever uploads holds the token, so only clients are started whose uploads run no code of the project.",
    ],
    next: [
      `write ${usable}, or leave client out`,
      `or let ${name} publish with a minted token: keyless run ${kind} -- ${name} publish`,
    ],
  };
}

/** The client of a package of this kind; a problem where the one that is written uploads another kind. */
export function clientFor(
  kind: Kind,
  written: Located<string> | null,
  source: SourceText,
): ClientName | Problem {
  const [usual, ...others] = CLIENTS_OF[kind];
  const all: readonly string[] = [usual, ...others];
  if (!written) return usual;
  if (all.includes(written.value)) return written.value as ClientName;
  // What is no client at all has been reported by the schema.
  if (!Object.values(CLIENTS_OF).flat().includes(written.value as ClientName)) return usual;
  return source.problem(written.at, {
    code: "client-mismatch",
    message: `client "${written.value}" does not upload packages of kind "${kind}"`,
    next: [`write ${all.map((name) => `"${name}"`).join(" or ")}, or leave client out`],
  });
}
