import type { Concurrency, Pipeline } from "./model.ts";

/** What is the same in every run of one event for one ref, whichever workflow it is of. */
const SAME = /^github\.(?:ref|ref_name|ref_type|head_ref|base_ref|sha|event_name|repository|event\.[\w.]+)$/;
/** What of it the ref alone decides. */
const OF_REF = /^github\.(?:ref|ref_name|ref_type|repository)$/;

/** The groups of a workflow and of its jobs. */
export function groupsIn({ concurrency, jobs }: Pipeline): Concurrency[] {
  return [concurrency, ...jobs.map((job) => job.concurrency)].filter((each) => each !== null);
}

/** Whether runs of one event for one ref are in a group whichever workflow they are of; groups are of the whole repository. */
export function isOfAll({ group }: Concurrency): boolean {
  return group !== null && namesIn(group).every((name) => SAME.test(name));
}

/** Whether runs for one ref are in it, whatever they were started by. */
export function isOfRef({ group }: Concurrency): boolean {
  return group !== null && namesIn(group).every((name) => OF_REF.test(name));
}

/** Whether two are one group; GitHub does not tell upper from lower case. */
export function isSameGroup({ group: one }: Concurrency, { group: other }: Concurrency): boolean {
  return one !== null && other !== null && plain(one) === plain(other);
}

/** Whether a workflow may end runs in one of the groups, by its text alone, because most have nothing to do with publishing. */
export function mayCancelIn(text: string, groups: readonly Concurrency[]): boolean {
  if (groups.length === 0 || !text.includes("cancel-in-progress")) return false;
  const all = plain(text);
  return groups.some(({ group }) => group !== null && all.includes(plain(group)));
}

function namesIn(group: string): string[] {
  return [...group.matchAll(/\$\{\{(.*?)\}\}/gs)].flatMap(([, text]) =>
    text!.replace(/'[^']*'/g, "").match(/[a-z_][\w.-]*/gi) ?? []
  );
}

function plain(text: string): string {
  return text.replace(/\s+/g, "").toLowerCase();
}
