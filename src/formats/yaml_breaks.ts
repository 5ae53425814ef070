/**
 * Ends of lines by YAML 1.1, which the parsers of GitHub and GitLab know and those of YAML 1.2 do not: text that looks like the rest of a
 * comment is a step to them.
 */
export const OTHER_BREAK = /\r(?!\n)|[\x85\u2028\u2029]/;

/** The text as those parsers see its lines; of the same length, so that offsets stay. */
export function withLineFeeds(text: string): string {
  return OTHER_BREAK.test(text) ? text.replace(new RegExp(OTHER_BREAK, "g"), "\n") : text;
}
