import { isFiled } from "../filed_tokens.ts";
import type { PlacedToken } from "../settings.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** A token that stands in a file of the repository belongs to everybody who can read it. */
export const literalToken: Rule = {
  code: "literal-token",
  severity: "error",
  phase: "credentials",
  *check(subject) {
    for (const token of subject.settings.tokens) {
      // The service itself would refuse one whose checksum does not hold.
      if (token.whole === false) continue;
      const report = reportOf(token, subject);
      if (report) yield report;
    }
  },
};

function reportOf(token: PlacedToken, { settings, pipelines }: Subject): Report | null {
  const { format, certain, secret, at } = token;
  const { path } = at;
  const keeping = settings.keeping.get(path) ?? "unknown";
  if (keeping === "ignored") return null;
  // Nothing of it has left this machine yet, which the rule about files of credentials says.
  if (keeping === "untracked" && settings.files.some((file) => file.path === path)) return null;
  // A password weighs as much whatever it looks like, which the same rule says.
  if (!certain && isFiled(token, settings)) return null;
  const exposed = keeping === "tracked" || pipelines.some((pipeline) => pipeline.path === path);
  const sure = exposed && certain && format.lives === "long";
  return {
    severity: sure ? "error" : "warning",
    confidence: certain ? "certain" : "likely",
    message: `${path} holds ${named(format.name)} in the open (${secret.tail}, ${secret.length} characters)`,
    at,
    label: certain ? format.name : `looks like ${named(format.name)}`,
    why: [
      format.lives === "long"
        ? "Whoever reads the repository, a copy of it or its history can use it until it is revoked."
        : `It does not live for long, but whatever put it here will put the next one here too.`,
    ],
    next: [
      `revoke it first, because removing the line does not: ${format.revoke}`,
      "publish with OIDC, or hand a new one to the job as a secret of the CI",
      "then remove the line; rewriting the history is worth it only where others must not see that it was there",
    ],
  };
}

function named(name: string): string {
  return `${/^(?:npm|[AEIO])/.test(name) ? "an" : "a"} ${name}`;
}
