/** The version of this program; equals `version` in deno.json (a house test holds the two together). */
export const VERSION = "0.1.0";

/** Where the project lives; part of the User-Agent, because crates.io wants a contact. */
export const HOMEPAGE = "https://github.com/keyless-dev/keyless";
