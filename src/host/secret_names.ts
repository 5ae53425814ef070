/** How names end behind which a secret stands. */
const ENDS =
  /(?:token|passw(?:or)?d|passphrase|(?<=[\w.-])pwd|secret|(?:^|[-_.])(?:pass|pat|otp)|[a-z]Pass|_auth|auth_?ident|access_?signature|(?:api|access|private|signing|publish|deploy|account|ssh|gpg|memory|nuget|npm|pypi)[-_]?key|(?<!cache|public|primary|sort|partition|project)[_.]key)(?:[-_]?\d{1,4})?$/i;
/** The same of variables, whose names say more by their letters. */
const VARIABLE = /^(?:[A-Z0-9_]*_)?(?:PASS|PAT|KEY|CREDS?|CREDENTIALS?)$/;
/** A variable that is called so, and further. */
const QUALIFIED = /^[A-Z0-9_]*?(?:TOKEN|PASSW(?:OR)?D|PASSPHRASE|SECRET|API_?KEY|PRIVATE_KEY)_([A-Z0-9_]+)$/;
/** What says that something about a secret is meant. */
const ABOUT =
  /(?:^|_)(?:URLS?|URI|FILES?|PATHS?|NAMES?|IDS?|TYPES?|FORMAT|ENV|VARS?|FIELD|EXPIR\w*|TTL|LENGTH|POLICY|PROVIDERS?|MANAGER|STORES?|SOURCE|HELPER|SCOPES?|AUD|AUDIENCE|ENDPOINT|HOST|SERVICE|REF|VERSION|USER|USERNAME|DIR|DIRECTORY|LOCATION|SET|MISSING|PRESENT|REQUIRED|ONLY|EXISTS?|COUNT|PERMISSIONS?|ISSUER|PREFIX|HEADER|ARN|ALIAS|REQUEST|ENABLED|AVAILABLE)$/;
/** How options end that take a secret, beside those. */
const OPTIONS = /(?:key|auth|creds?|credentials)$/i;

/** Whether a variable, a setting or an input is called like one that holds a secret. */
export function holdsSecret(name: string): boolean {
  if (ENDS.test(name) || VARIABLE.test(name)) return true;
  const more = QUALIFIED.exec(name)?.[1];
  return more !== undefined && !ABOUT.test(more);
}

/** Whether an option takes a secret; `name` is without its dashes. */
export function takesSecret(name: string): boolean {
  return holdsSecret(name) || OPTIONS.test(name);
}
