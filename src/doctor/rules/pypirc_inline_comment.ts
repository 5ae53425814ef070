import type { InlineComment, Pypirc } from "../../credentials/files/pypirc.ts";
import { knownRegistry } from "../../registries/known.ts";
import type { Report, Rule } from "../rule.ts";

/** Python's parser knows no comments behind a value: what looks like one is sent as a part of the password. */
export const pypircInlineComment: Rule = {
  code: "pypirc-inline-comment",
  severity: "error",
  phase: "credentials",
  *check({ settings }) {
    for (const file of settings.pypirc) {
      for (const comment of file.inlineComments) yield reportOf(file, comment);
    }
  },
};

function reportOf({ indexes }: Pypirc, { section, key, at, alone }: InlineComment): Report {
  const index = indexes.find(({ name }) => name === section);
  // Its tokens have no blanks in them; a password of another index could.
  const certain = knownRegistry(index?.repository ?? section) !== null;
  return {
    severity: certain ? "error" : "warning",
    confidence: certain ? "certain" : "likely",
    message: `The ${key} of [${section}] ends with a comment, which is sent as a part of it`,
    at,
    label: `part of the ${key}`,
    why: ["A # or ; begins a comment only where a line does, so the upload is refused."],
    next: ["put the comment on a line of its own"],
    fix: alone ? null : {
      safe: certain,
      description: "remove the comment",
      edits: [{ path: at.path, start: at.start.offset, end: at.end.offset, text: "" }],
    },
  };
}
