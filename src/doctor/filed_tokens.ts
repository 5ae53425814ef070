import type { Location } from "../problem.ts";
import type { PlacedToken, Settings } from "./settings.ts";

/** Whether a value is a token by its form, which nothing else has: the rule about tokens speaks of it. */
export function isSurelyToken(value: Location, { tokens }: Pick<Settings, "tokens">): boolean {
  return tokens.some((token) => token.certain && overlap(token.at, value));
}

/** Whether a token is what a client's file gives as a credential, so that it counts whatever its form. */
export function isFiled({ at }: PlacedToken, { files }: Pick<Settings, "files">): boolean {
  return files.some(({ credentials }) =>
    credentials.some((credential) => credential.holds === "literal" && overlap(credential.at, at))
  );
}

function overlap(one: Location, other: Location): boolean {
  return one.path === other.path && one.start.offset < other.end.offset &&
    other.start.offset < one.end.offset;
}
