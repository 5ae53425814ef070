import type { Report, Rule } from "../rule.ts";

const CREDENTIAL = /TOKEN|PASSWORD|API_?KEY|SECRET/i;

/** After the change to OIDC the token is often still handed around, and alive. */
export const unusedSecretInput: Rule = {
  code: "unused-secret-input",
  severity: "info",
  phase: "credentials",
  *check({ publishing }) {
    for (const called of new Set(publishing.map((each) => each.called))) {
      for (const [name, { keyAt }] of called.wantedSecrets) {
        const used = new RegExp(`\\bsecrets(?:\\.|\\[['"])${name.replace(/[^\w-]/g, ".")}\\b`, "i");
        const all = /toJSON\(\s*secrets\s*\)|secrets:\s*inherit|\bsecrets\[\s*[^'"\s]/i;
        if (!CREDENTIAL.test(name) || used.test(called.text) || all.test(called.text)) continue;
        yield {
          message: `${called.file} asks its callers for the secret ${name}, and does not use it`,
          at: keyAt,
          label: "never read",
          why: ["A token that nothing needs is still alive where it is kept."],
          next: [
            `remove ${name} here and where it is handed over`,
            "then delete the secret, and revoke the token at the registry",
          ],
        } satisfies Report;
      }
    }
  },
};
