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

/** Actions that fetch secrets for the steps behind them. */
const FETCHERS =
  /^(?:1password\/load-secrets-action|hashicorp\/vault-action|infisical\/secrets-action|dopplerhq\/secrets-fetch-action|aws-actions\/aws-secretsmanager-get-secrets|bitwarden\/sm-action|azure\/get-keyvault-secrets)(?:\/|$)/;

/** Whether an action is known to publish nothing with the secrets that it is given. */
export function fetchesSecrets(action: string): boolean {
  return FETCHERS.test(action);
}

/** Whether an orb is known to publish nothing, whatever its commands are called. */
export function isOrbOfReports(orb: string): boolean {
  return /^(?:codecov\/codecov|coveralls\/coveralls|sonarsource\/\w+|snyk\/snyk|cypress-io\/cypress)@/.test(
    orb,
  );
}
