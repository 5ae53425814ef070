import { get, isList, isText, type Located } from "../../formats/located.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Job } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** A job's block that names `id-token` alone takes `contents: read` away, which a checkout of a private repository needs. */
export const checkoutWithoutContents: Rule = {
  code: "checkout-without-contents",
  severity: "info",
  phase: "publishing jobs",
  *check({ publishing, project, manifests, openLicence }) {
    // What everybody may copy lies in a public repository, where it works.
    if (openLicence || project.packages.some(({ manifest }) => isOpen(manifests.get(manifest)?.root))) return;
    for (
      const job of new Set(
        publishing.filter(({ pipeline }) => pipeline.vendor === "github").map((each) => each.job),
      )
    ) {
      const checkout = checkoutOf(job);
      const { permissions } = job;
      if (!checkout || permissions.allows("contents", "read") !== "no") continue;
      yield {
        message: `Job "${job.id}" checks out the code without \`contents: read\``,
        at: permissions.at ?? job.at,
        label: "scopes that are not named here are none",
        related: [{ at: checkout.uses!.at, message: "reads the repository" }],
        why: ["It works in a public repository, and fails in a private one."],
        next: [`add \`contents: read\` to the permissions of job "${job.id}"`],
        fix: permissions.granting("contents", "read"),
      } satisfies Report;
    }
  },
};

/** Whether a manifest names a licence, and not that there is none. */
function isOpen(root: Located | undefined): boolean {
  const places = [["license"], ["package", "license"], ["project", "license"], ["tool", "poetry", "license"]];
  const licence = places.map((place) => get(root, ...place)).find((found) => found !== undefined);
  if (licence) return !isText(licence) || !/^$|unlicensed|proprietary|see license/i.test(licence.value);
  const classifiers = get(root, "project", "classifiers");
  return isList(classifiers) &&
    classifiers.value.some((each) => isText(each) && each.value.startsWith("License :: OSI Approved"));
}

/** The step that checks this repository out with the job's own token. */
function checkoutOf({ steps }: Job) {
  return steps.find(({ uses, with: inputs, live }) =>
    live !== "no" && uses && actionName(uses.value) === "actions/checkout" &&
    ["token", "ssh-key", "repository"].every((input) => !inputs.get(input)?.value)
  );
}
