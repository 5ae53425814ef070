import { entriesOf, get, isList, isTable, type Located } from "../../formats/located.ts";
import type { SourceText } from "../../formats/positions.ts";
import type { Edit, Fix } from "../../report/finding.ts";
import { liesIn } from "../lines.ts";
import type { IdToken } from "../model.ts";
import { textAsSeen } from "../settings.ts";
import { expanded } from "./variables.ts";
import { flattened } from "./reference.ts";

/** `id_tokens:` of a job. */
export function idTokensOf(
  block: Located | undefined,
  env: ReadonlyMap<string, { readonly value: string }>,
  job: Located,
): IdToken[] {
  return entriesOf(block).map(([variable, token]) => {
    const written = get(token, "aud");
    const audiences = flattened(written).map((each) => expanded(textAsSeen(each), env, job));
    return {
      variable,
      audiences: audiences.includes(null) ? null : audiences.flatMap((each) => each!),
      at: token.keyAt ?? token.at,
      audienceAt: written?.at ?? null,
    };
  });
}

/** The variables whose tokens are shown to whoever keeps the `secrets:` of a job. */
export function tokensOfSecrets(block: Located | undefined): ReadonlySet<string> {
  return new Set(
    entriesOf(block).flatMap(([, secret]) =>
      /^\$\{?(\w+)\}?$/.exec(textAsSeen(get(secret, "token")) ?? "")?.[1] ?? []
    ),
  );
}

/** Where a job's `id_tokens:` can be written. */
export interface IdTokenPlace {
  readonly source: SourceText;
  /** The job as its file has it. */
  readonly job: Located;
  /** What it has as `id_tokens`, from wherever. */
  readonly block: Located | undefined;
  /** Whether that comes from `default:`, which a block of the job's own would replace. */
  readonly byDefault: boolean;
}

/** The edit that puts a token with this audience into a variable of the job; `null` where an alias, a list or a default is in the way. */
export function addIdToken(place: IdTokenPlace, variable: string, audience: string): Fix | null {
  const { source, job, block, byDefault } = place;
  const existing = get(block, variable);
  const quoted = audience.includes(":") ? `"${audience}"` : audience;
  if (existing) {
    const written = get(existing, "aud");
    if (!written || written.at.path !== source.path || isTable(written) || isList(written)) return null;
    if (startsWith(source, written, "*")) return null;
    // What several jobs have in common is changed for all of them.
    return fix(variable, audience, replacing(written, quoted), liesIn(written.at, job.at));
  }
  if (byDefault || !isTable(job) || !startsWith(source, job, /\w|["'.]/)) return null;
  const own = get(job, "id_tokens");
  if (own && (!isTable(own) || !startsWith(source, own, /\w|["']/))) return null;
  const lines = [`${variable}:`, `  aud: ${quoted}`];
  return fix(
    variable,
    audience,
    own
      ? before(source, own, lines)
      : before(source, job, ["id_tokens:", ...lines.map((line) => `  ${line}`)]),
  );
}

function startsWith(source: SourceText, { at }: Located, what: string | RegExp): boolean {
  const first = source.text[at.start.offset] ?? "";
  return typeof what === "string" ? first === what : what.test(first);
}

function fix(variable: string, audience: string, edit: Edit, safe = true): Fix {
  return {
    safe,
    description: `give the job ${variable} with the audience "${audience}"`,
    edits: [edit],
  };
}

function replacing({ at }: Located, text: string): Edit {
  return { path: at.path, start: at.start.offset, end: at.end.offset, text };
}

/** Before the first key of a table. */
function before(source: SourceText, { at }: Located, lines: readonly string[]): Edit {
  const indent = (source.text.includes("\r\n") ? "\r\n" : "\n") + " ".repeat(at.start.column - 1);
  const { offset } = at.start;
  return { path: at.path, start: offset, end: offset, text: lines.map((line) => line + indent).join("") };
}
