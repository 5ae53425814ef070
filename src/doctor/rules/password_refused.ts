import { placeKey } from "../../problem.ts";
import { publicTarget } from "../oidc.ts";
import { pypiUser } from "../pypi_user.ts";
import type { Rule } from "../rule.ts";

/** PyPI takes nobody's password, and a token under one name alone. */
export const passwordRefused: Rule = {
  code: "password-refused",
  severity: "error",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<string>();
    for (const publishing of subject.publishing) {
      const user = pypiUser(publishing, subject);
      const place = user && placeKey(user.at);
      if (!user || seen.has(place!)) continue;
      seen.add(place!);
      const { job, invocation, pipeline } = publishing;
      const { label } = publicTarget(invocation)!;
      yield {
        message: `Job "${job.id}" publishes to ${label} as "${user.name}", and ${label} takes tokens alone`,
        // Elsewhere the CI's settings may say another name.
        confidence: pipeline.vendor === "github" ? "certain" : "likely",
        at: user.at,
        label: "for a token this is __token__",
        related: user.at === invocation.at ? [] : [{ at: invocation.at, message: "publishes here" }],
        why: [
          'Since 2024 any other name is refused: 403 "Username/Password authentication is no longer supported".',
        ],
        next: [
          `make an API token in the settings of the project on ${label}, and publish with it as __token__`,
          "or publish with OIDC, and keep no token",
        ],
      };
    }
  },
};
