/** Whether something that cannot be read is called like something that publishes. */
export function soundsLikePublishing(name: string): boolean {
  return /publish|release|deploy|upload|semantic|npm|pypi|twine|crate|cargo/i.test(name);
}
