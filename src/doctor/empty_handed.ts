import type { Ecosystem, Job, Pipeline } from "../pipelines/model.ts";
import { operatorOf } from "./runners.ts";

/** What a job can publish with, or release by. */
const RIGHTS = ["id-token", "packages", "contents"];
/** Those with which a registry takes something: GitHub is none for these. */
const RIGHTS_FOR: Partial<Record<Ecosystem, readonly string[]>> = {
  crates: ["id-token"],
  pypi: ["id-token"],
};

/**
 * Whether a job of GitHub can publish nothing, whatever its scripts do: on a fresh machine, without a right of its own and without a
 * secret. `kind`: nothing of this kind; `null` for any.
 */
export function isEmptyHanded(
  { permissions, runner, container, env, extent }: Job,
  pipeline: Pipeline,
  kind: Ecosystem | null = null,
): boolean {
  const isFresh = container === null && runner?.labels?.length &&
    runner.labels.every((label) => operatorOf(label) === "github");
  if (pipeline.vendor !== "github" || !isFresh) return false;
  const text = pipeline.text.slice(extent.start.offset, extent.end.offset);
  const given = [...pipeline.env.values(), ...env.values()].map(({ value }) => value);
  return (kind && RIGHTS_FOR[kind] || RIGHTS).every((right) => permissions.allows(right, "write") === "no") &&
    ![text, ...given].some((each) => GIVEN.test(each));
}

/** What hands a job a credential: secrets, variables of the repository, outputs of other jobs. */
const GIVEN = /\b(?:secrets|vars|needs|inputs)\b/;
