import { type Reply, type Request, TransportError } from "../host/http.ts";
import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";

/** A JSON object, whatever is in it. */
export type Json = Readonly<Record<string, unknown>>;

/** `value` as an object; an empty one for anything else, so that looking into an answer never fails. */
export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : {};
}

/** `value` as a list; an empty one for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `value` as a string that is not empty, or `null`. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The first line of an answer that is not what was expected, to be quoted. */
export function firstLine(reply: Reply): string {
  const line = reply.text.split("\n").find((one) => one.trim() !== "") ?? "";
  return plainLine(line, 200);
}

/** An answer in a few words: status and first line. */
export function inWords(reply: Reply): string {
  const line = firstLine(reply);
  return `${new URL(reply.url).host} answered ${reply.status}${line ? `: ${line}` : ""}`;
}

/** What came of looking something up: an answer, its absence, or nothing that decides. */
export type Looked =
  | { readonly what: "found"; readonly reply: Reply }
  | { readonly what: "absent" }
  | { readonly what: "unknown"; readonly reason: string };

/** Looks something up; only 404, 410 and 451 mean that it is not there. */
export async function look(session: Session, request: Request): Promise<Looked> {
  try {
    const reply = await session.http.send(request);
    if (reply.status === 200) return { what: "found", reply };
    if ([404, 410, 451].includes(reply.status)) return { what: "absent" };
    return { what: "unknown", reason: inWords(reply) };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { what: "unknown", reason: [error.problem.message, ...error.problem.why ?? []].join(": ") };
  }
}

/** Like {@link look}, for answers that must be JSON objects. */
export async function lookForJson(
  session: Session,
  request: Request,
): Promise<Exclude<Looked, { what: "found" }> | { readonly what: "found"; readonly body: Json }> {
  const looked = await look(session, request);
  if (looked.what !== "found") return looked;
  const body = looked.reply.json();
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return { what: "found", body: body as Json };
  }
  return { what: "unknown", reason: `${inWords(looked.reply)} (not the JSON that was expected)` };
}
