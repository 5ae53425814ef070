import { placeKey } from "../../problem.ts";
import { publishesAt } from "../clients.ts";
import { retiredAddressOf } from "../retired_repositories.ts";
import type { Report, Rule } from "../rule.ts";

/** An upload to an address that has been switched off fails, whatever its credential. */
export const retiredRepository: Rule = {
  code: "retired-repository",
  severity: "error",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    const reported = new Set<string>();
    for (const each of publishing) {
      const { job, invocation } = each;
      const found = invocation.kind === "maven" ? retiredAddressOf(invocation, sources) : null;
      if (!found) continue;
      const { host, at, maybe } = found;
      const key = placeKey(at);
      if (reported.has(key)) continue;
      reported.add(key);
      yield {
        ...maybe ? { severity: "warning", confidence: "likely" } : {},
        message: `Job "${job.id}" uploads to ${host}, which was switched off in June 2025`,
        at,
        label: "takes no uploads any more",
        related: at === (invocation.inScript ?? invocation.at) ? [] : [publishesAt(each)],
        why: [
          "Sonatype has moved every namespace to the Central Portal; the old address refuses the upload.",
        ],
        next: [
          `write ossrh-staging-api.central.sonatype.com in place of ${host}, and make a token at central.sonatype.com: the old one is not valid there`,
          "or publish with a plug-in for the Central Portal: org.sonatype.central:central-publishing-maven-plugin, com.vanniktech.maven.publish",
        ],
      } satisfies Report;
    }
  },
};
