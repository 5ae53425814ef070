import type { Answer, Trigger } from "../model.ts";

/** Ends the job, which counts as done. */
const HALT = /\bcircleci(?:-agent)?\s+step\s+halt\b/;
/** That alone, where the pipeline is for no tag. */
const WITHOUT_TAG =
  /^\s*if\s+(?:\[\[?\s+-z|test\s+-z)\s+["']?\$\{?CIRCLE_TAG(?::-)?\}?["']?\s*(?:\]\]?)?\s*(?:;|\n)\s*then\s+circleci(?:-agent)?\s+step\s+halt\s*;?\s*fi\s*$/;

/** What only talks: comments, and lines of `echo`. */
const TALK = /^[ \t]*(?:#|echo\b).*\n/gm;

/** Whether the steps behind a script run, as far as that is for it to say (circleci.com/docs/configuration-reference#ending-a-job-from-within-a-step). */
export function goesOnBehind(script: string, triggers: readonly Trigger[]): Answer {
  if (!HALT.test(script)) return "yes";
  return WITHOUT_TAG.test(script.replace(TALK, "")) && triggers.every(({ event }) => event === "tag")
    ? "yes"
    : "unknown";
}
