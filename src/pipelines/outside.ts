/** Whether something that cannot be read is called like something that publishes. */
export function soundsLikePublishing(name: string): boolean {
  return /publish|release|deploy|upload|semantic|npm|pypi|twine|crate|cargo/i.test(name);
}

/** Words of what prepares a job, or looks for mistakes. */
const OTHER_WORK =
  /(?<![a-z])(?:check-?outs?|install\w{0,12}|set-?up|set-shas|cache|restore|lint|danger(?:js)?|notify|slack|tests?|testing|codecov|coverage)(?![a-z])/i;

/** Whether it is called like something that publishes nothing. */
export function soundsLikeOtherWork(name: string): boolean {
  return OTHER_WORK.test(name) && !soundsLikePublishing(name);
}
