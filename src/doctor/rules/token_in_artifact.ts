import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** A script that writes a token into a file of the checkout. */
const WRITES =
  /(?:_authToken|_auth|_password|password\s*=|TOKEN).{0,300}>>?\s{0,20}['"]?(?:\.\/)?\.(?:npmrc|pypirc|yarnrc\.yml)|npm\s+(?:config\s+set|set)\b.{0,300}--(?:location[= ]project|userconfig[= ]\.)/;

/** A token in a file of the checkout leaves the job with everything that takes the whole directory. */
export const tokenInArtifact: Rule = {
  code: "token-in-artifact",
  severity: "error",
  confidence: "likely",
  phase: "credentials",
  *check({ publishing }) {
    for (const job of new Set(publishing.map((each) => each.job))) {
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      const writes = steps.findIndex(({ run }) => run !== null && WRITES.test(run.value));
      const upload = writes < 0 ? undefined : steps.slice(writes + 1).find(takesAll);
      if (!upload) continue;
      yield {
        message: `Job "${job.id}" writes a token into the checkout, and uploads the whole directory`,
        at: upload.uses!.at,
        label: "takes the file with the token along",
        related: [{ at: steps[writes]!.run!.at, message: "writes it" }],
        why: [
          "Whoever can see the run can download the artifact, in a public repository everybody who is signed in.",
        ],
        next: [
          "upload only what is needed, or write the token to the home directory",
          "revoke the token: it may have been downloaded",
        ],
      } satisfies Report;
    }
  },
};

function takesAll({ uses, with: inputs }: Step): boolean {
  if (!uses || actionName(uses.value) !== "actions/upload-artifact") return false;
  // Since 4.4 hidden files stay out unless somebody wants them.
  const hidden = inputs.get("include-hidden-files")?.value === "true" || /@v[123]\b/.test(uses.value);
  const whole = (inputs.get("path")?.value ?? "").split("\n").some((path) =>
    /^\s*(?:\.\/?|\*\*?(?:\/\*)?|\$\{\{\s*github\.workspace\s*\}\}\/?)\s*$/.test(path)
  );
  return hidden && whole;
}
