/** Whether a value is the token that GitHub gives every job. */
export function isJobToken(value: string | undefined): boolean {
  return /^\s*\$\{\{\s*(?:secrets\.GITHUB_TOKEN|github\.token)\s*\}\}\s*$/i.test(value ?? "");
}
