import { serveLines } from "../host/listen_tcp.ts";
import { Secret } from "../host/secret.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { Registry } from "../registries/registry.ts";
import {
  type CargoReply,
  type CargoRequest,
  failure,
  indexUrls,
  parseRequest,
  PLACEHOLDER,
} from "./cargo_protocol.ts";

/** What may be uploaded, and with what. */
export interface Errand {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the packed `.crate`, lower-case hex. */
  readonly sha256: string;
  readonly registry: Registry;
  token(): Promise<Secret>;
  /** Milliseconds since the epoch. */
  expiresAt(): number | null;
}

/** The parent's end of a credential provider that it made cargo start. */
export interface ProviderLink {
  /** Value of the variable that tells the provider where to ask; whoever has it can ask, so it is a secret. */
  readonly address: Secret;
  /** Why a token was withheld, if it was: more exact than what cargo makes of it. */
  refusal(): KeylessError | null;
  close(): Promise<void>;
}

/** Answers the providers of one upload, over loopback and to those alone that know the word. */
export function openLink(errand: Errand): ProviderLink {
  const word = crypto.randomUUID();
  let refusal: KeylessError | null = null;
  let over = false;
  const server = serveLines(async (line) => {
    const request = over ? null : parseQuestion(line, word);
    if (!request) return null;
    try {
      return await answerFor(request, errand);
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      refusal = error;
      return failure(error.problem);
    }
  });
  return {
    address: new Secret(`${server.port}#${word}`, "address for cargo's credential provider", null),
    refusal: () => refusal,
    close() {
      over = true;
      return server.close();
    },
  };
}

function parseQuestion(line: string, word: string): CargoRequest | null {
  try {
    const question = JSON.parse(line);
    return isSame(question?.word, word) ? parseRequest(JSON.stringify(question.request)) : null;
  } catch {
    // Some other program of this machine that tries its luck.
    return null;
  }
}

/** Whether it is the word, in a time that does not tell how much of it is right. */
function isSame(said: unknown, word: string): boolean {
  if (typeof said !== "string" || said.length !== word.length) return false;
  let difference = 0;
  for (let at = 0; at < word.length; at++) difference |= said.charCodeAt(at) ^ word.charCodeAt(at);
  return difference === 0;
}

/**
 * What one request of cargo gets: the token for publishing exactly the packed bytes, and a placeholder where it is never sent.
 * @throws {KeylessError} `packed-bytes-changed`, or why there is no token
 */
export async function answerFor(request: CargoRequest, errand: Errand): Promise<CargoReply<Secret | string>> {
  if (request.kind !== "get") return { Err: { kind: "operation-not-supported" } };
  if (!indexUrls(errand.registry).includes(request.registry["index-url"])) {
    return { Err: { kind: "url-not-supported" } };
  }
  switch (request.operation) {
    case "read":
      return needsTokenToRead(request, errand.registry)
        ? await withToken(errand)
        : { Ok: { kind: "get", token: PLACEHOLDER, cache: "session", operation_independent: false } };
    case "publish":
      if (
        request.name !== errand.name || request.vers !== errand.version || request.cksum !== errand.sha256
      ) {
        throw new KeylessError(otherBytes(request, errand));
      }
      return await withToken(errand);
    default:
      // A token that was minted for publishing opens nothing else.
      return { Err: { kind: "not-found" } };
  }
}

function needsTokenToRead(request: CargoRequest, registry: Registry): boolean {
  return (request.registry.headers?.length ?? 0) > 0 || registry.auth !== null;
}

async function withToken(errand: Errand): Promise<CargoReply<Secret>> {
  const token = await errand.token();
  const expiresAt = errand.expiresAt();
  return expiresAt === null
    ? { Ok: { kind: "get", token, cache: "session", operation_independent: false } }
    : {
      Ok: {
        kind: "get",
        token,
        cache: "expires",
        expiration: Math.floor(expiresAt / 1000),
        operation_independent: false,
      },
    };
}

function otherBytes(request: CargoRequest, errand: Errand): Problem {
  return {
    code: "packed-bytes-changed",
    message: `cargo was about to upload another ${errand.name} than the one that was packed`,
    why: [
      `Packed: ${errand.name} ${errand.version}, sha256 ${errand.sha256}.`,
      `About to be uploaded: ${request.name} ${request.vers}, sha256 ${request.cksum}.`,
      "No token was handed out for it.",
    ],
    next: [
      "pack and publish with the same cargo version, from the same commit",
      "commit Cargo.lock, so that both resolve the same dependencies",
    ],
  };
}
