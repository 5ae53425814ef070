import type { CredentialFile, FiledCredential } from "../../credentials/files/filed_credential.ts";
import { isSurelyToken } from "../filed_tokens.ts";
import type { Keeping } from "../keeping.ts";
import type { Report, Rule } from "../rule.ts";

/** A client's file with a password in it is committed, or one `git add` away from it. */
export const credentialFileInRepository: Rule = {
  code: "credential-file-in-repository",
  severity: "error",
  confidence: "likely",
  phase: "credentials",
  *check({ settings }) {
    for (const file of settings.files) {
      const keeping = settings.keeping.get(file.path) ?? "unknown";
      if (keeping === "ignored") continue;
      const literals = file.credentials.filter(({ holds, at }) =>
        // A token that is known by its form is the matter of another rule, unless nobody else has it yet.
        holds === "literal" && (keeping === "untracked" || !isSurelyToken(at, settings))
      );
      const [first, ...others] = literals;
      if (first) yield reportOf(file, first, others, keeping);
    }
  },
};

const STATES: Readonly<Record<Exclude<Keeping, "ignored">, readonly [Report["severity"] & string, string]>> =
  {
    tracked: ["error", "is in the repository"],
    untracked: ["warning", "is not ignored by git"],
    unknown: ["unverified", "may be in the repository"],
  };

function reportOf(
  { path }: CredentialFile,
  first: FiledCredential,
  others: readonly FiledCredential[],
  keeping: Exclude<Keeping, "ignored">,
): Report {
  const [severity, state] = STATES[keeping];
  return {
    severity,
    message: `${path} ${state}, with ${described(first)} in it`,
    at: first.keyAt,
    label: "its value stands here",
    related: others.map(({ keyAt }) => ({ at: keyAt, message: "and one here" })),
    why: [WHY[keeping]],
    next: keeping === "untracked" ? [`let git ignore it: echo ${path} >> .gitignore`] : [
      ...keeping === "unknown" ? [`see whether git has it: git ls-files ${path}`] : [
        "change the password, or revoke the token, where it was made",
        `git rm --cached ${path}, and add it to .gitignore`,
      ],
      "keep the value in your home directory, or take it from a variable where the format can",
    ],
  };
}

const WHY: Readonly<Record<Exclude<Keeping, "ignored">, string>> = {
  tracked: "Whoever reads the repository, a copy of it or its history can use it.",
  untracked: "The next `git add .` publishes it.",
  unknown: "There is no git repository to ask here.",
};

function described({ key, owner }: FiledCredential): string {
  return owner === null ? key : `the ${key} for ${owner}`;
}
