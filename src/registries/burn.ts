import type { Request } from "../host/http.ts";
import type { Session } from "../host/session.ts";
import type { BurnOutcome } from "./registry.ts";

/** How a registry is asked to end a token's life. */
export interface Burning extends Pick<Request, "method" | "url" | "json" | "authorization" | "lastSegment"> {
  /** Whether a status says that there is no such call, or that it is not for minted tokens. */
  readonly unsupported: (status: number) => boolean;
}

/** Where the call is missing, servers know neither the path nor the method. */
export const isMissing = (status: number) => status === 404 || status === 405;

/** Asks once, and also while the program ends. Never throws. */
export async function askToBurn(
  session: Session,
  { unsupported, ...request }: Burning,
): Promise<BurnOutcome> {
  try {
    const { status } = await session.http.send({ ...request, timeout: 5000, retry: "never", signal: null });
    if (status >= 200 && status < 300) return "burned";
    return unsupported(status) ? "unsupported" : "failed";
  } catch {
    // Burning is a courtesy, because tokens end by themselves: whatever goes wrong must not change how the command ends.
    return "failed";
  }
}
