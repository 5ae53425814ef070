import { get, isList, isTable, isText, type Located, textsOf } from "../../formats/located.ts";
import type { Trigger } from "../model.ts";
import { plainTrigger } from "../plain_trigger.ts";

/** What a job of a workflow is limited to, as written. */
interface Limits {
  readonly only: readonly string[] | null;
  readonly ignore: readonly string[] | null;
}

/** For which pushes a job of a workflow runs. */
export interface Filters {
  readonly branches: Limits | null;
  readonly tags: Limits | null;
  /** Whether it is an expression, which only a run decides. */
  readonly dynamic: boolean;
}

/** `filters:` of a job in a workflow. */
export function filtersOf(entry: Located | undefined): Filters {
  const filters = get(entry, "filters");
  const part = (key: string): Limits | null => {
    const limits = get(filters, key);
    return isTable(limits) ? { only: patterns(limits, "only"), ignore: patterns(limits, "ignore") } : null;
  };
  return { branches: part("branches"), tags: part("tags"), dynamic: isText(filters) };
}

function patterns(limits: Located, key: string): readonly string[] | null {
  const written = get(limits, key);
  if (isText(written)) return [written.value];
  return isList(written) ? textsOf(written).map(({ value }) => value) : null;
}

/** A pattern that lets everything through, or with `ignore` nothing. */
const EVERYTHING = /^\/\^?\.[*+]\$?\/$/;

/**
 * What starts a job: branches, unless its filters keep them all out; tags only where its filters, and those of every job that it needs,
 * name some (circleci.com/docs/workflows#executing-workflows-for-a-git-tag).
 */
export function startedBy(own: Filters, needed: readonly Filters[], at: Located["at"]): Trigger[] {
  const chain = [own, ...needed];
  if (chain.some(({ dynamic }) => dynamic)) return [plainTrigger("push", at), plainTrigger("tag", at)];
  const shut = ({ branches }: Filters) =>
    branches?.ignore?.some((pattern) => EVERYTHING.test(pattern)) === true;
  return [
    ...chain.some(shut) ? [] : [plainTrigger("push", at, {
      branches: own.branches?.only ?? null,
      branchesIgnored: own.branches?.ignore ?? null,
    })],
    ...chain.some(({ tags }) => !tags?.only && !tags?.ignore) ? [] : [plainTrigger("tag", at, {
      tags: own.tags!.only,
      tagsIgnored: own.tags!.ignore,
    })],
  ];
}
