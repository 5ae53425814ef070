import { fromFileUrl } from "@std/path";
import { flags } from "../../src/permissions.ts";

export const ROOT = fromFileUrl(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");

/** A form in which people start the program. */
export interface Form {
  readonly name: "source" | "bundle" | "compiled";
  /** Why it cannot be tested here; `null` when it can. */
  readonly missing: string | null;
  /** The words of the command line before keyless's own. */
  readonly words: readonly string[];
}

/** The forms that KEYLESS_FORMS names; without it the source alone, because the others must be built first. */
export const forms: readonly Form[] = (Deno.env.get("KEYLESS_FORMS") ?? "source").split(",").map(form);

function form(name: string): Form {
  const deno = Deno.execPath();
  switch (name) {
    case "source":
      return {
        name,
        missing: null,
        words: [deno, "run", ...flags("scoped", "run"), "--config", config(), `${ROOT}/main.ts`],
      };
    case "bundle":
      return built(name, `${ROOT}/dist/keyless.js`, (file) => [
        deno,
        "run",
        ...flags("scoped", "run"),
        "--no-config",
        "--no-remote",
        "--no-npm",
        file,
      ]);
    case "compiled":
      return built(name, `${ROOT}/dist/keyless`, (file) => [file]);
    default:
      throw new Error(`KEYLESS_FORMS names "${name}"; the forms are source, bundle and compiled`);
  }
}

function built(name: "bundle" | "compiled", file: string, words: (file: string) => string[]): Form {
  try {
    Deno.statSync(file);
    return { name, missing: null, words: words(file) };
  } catch {
    return { name, missing: `dist/ has no ${name} form (scripts/bundle, scripts/compile)`, words: [] };
  }
}

/** The configuration of the profile that these tests run under. */
function config(): string {
  return Deno.env.get("KEYLESS_PROFILE") === "jsr" ? `${ROOT}/deno.json` : `${ROOT}/deno.npm.json`;
}
