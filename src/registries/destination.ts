import type { Secret } from "../host/secret.ts";
import { KeylessError } from "../problem.ts";
import type { Endpoints, Registry } from "./registry.ts";

/** Whether a token of the exchange may be sent to where uploads go: to the exchange's own origin, or to the one that is named. */
export function takesMinted({ exchange, upload, tokenFor }: Endpoints): boolean {
  const origin = new URL(upload).origin;
  return exchange === null || origin === new URL(exchange).origin || origin === tokenFor;
}

/**
 * A token for uploads to the registry, and for nothing else.
 * @throws {KeylessError} `secret-bound-elsewhere` when it is for another host
 */
export function forUpload(token: Secret, { name, label, endpoints }: Registry): Secret {
  const { origin } = new URL(endpoints.upload);
  if (token.origin === origin) return token;
  const isMinted = endpoints.exchange !== null && token.origin === new URL(endpoints.exchange).origin;
  if (isMinted && takesMinted(endpoints)) return token.boundTo(origin);
  throw new KeylessError({
    code: "secret-bound-elsewhere",
    message: `The ${token.label} was not handed on for uploads to ${origin}: it is for ${
      token.origin ?? "no host"
    }`,
    next: [
      `check the addresses of ${label}: \`exchange\`, \`upload\` and \`index\` must be those of one registry`,
    ],
    registry: name,
  });
}
