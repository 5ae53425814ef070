import { base62Crc } from "../registries/base62_crc.ts";
import { cratesChecksumHolds } from "../registries/crates_token.ts";
import { readPypiToken } from "../registries/macaroon.ts";
import { npmChecksumHolds } from "../registries/npm_token.ts";

/** What the tokens of one service look like. */
export interface TokenFormat {
  /** What people call it, behind "a" or "an": `npm token`. */
  readonly name: string;
  /** What it begins with, as a regular expression. */
  readonly begins: string;
  /** The rest of it, as a regular expression. */
  readonly then: string;
  /** What none of them lacks, where that is not the beginning: without it nothing needs to be looked at closely. */
  readonly mark?: string;
  /** Characters that the token could go on with, and that must therefore not follow; letters, digits and `_` when not given. */
  readonly more?: string;
  /** The name of a setting, as a regular expression, for a form that could be anything: only beside it, it is a token. */
  readonly beside?: string;
  /**
   * Whether the token's own checksum or structure holds; `null` where that proves nothing. Without it, the form alone leaves no doubt.
   */
  readonly whole?: (value: string) => boolean | null;
  /** Where it is revoked: an address, or words. */
  readonly revoke: string;
  readonly lives: "long" | "hours" | "minutes";
}

const ALNUM = "[A-Za-z0-9]";
/** Of base64url, which a full stop or a blank ends. */
const DASHES = "A-Za-z0-9_-";
const GITHUB = "https://github.com/settings/tokens";
const GITLAB = "GitLab, in the settings of whoever it belongs to, under Access tokens";

/** Forms of credentials by service, as their code, their documentation and two secret scanners have them. */
export const TOKEN_FORMATS: readonly TokenFormat[] = [
  {
    name: "crates.io token",
    begins: "cio",
    then: `${ALNUM}{32}`,
    revoke: "https://crates.io/settings/tokens",
    lives: "long",
  },
  {
    name: "minted crates.io token",
    begins: "cio_tp_",
    then: `${ALNUM}{32}`,
    whole: cratesChecksumHolds,
    revoke: "crates.io does so 30 minutes after it was minted",
    lives: "minutes",
  },
  {
    name: "npm token",
    begins: "npm_",
    then: `${ALNUM}{36}`,
    // npm has never published the form: a checksum that does not fit proves nothing.
    whole: (value) => npmChecksumHolds(value) || null,
    revoke: "https://www.npmjs.com/settings/~/tokens",
    lives: "long",
  },
  {
    name: "PyPI token",
    begins: "pypi-AgEIcHlwaS5vcmc",
    then: `[${DASHES}]{50,1000}`,
    more: DASHES,
    whole: (value) => readPypiToken(value)?.location === "pypi.org" || null,
    revoke: "https://pypi.org/manage/account/",
    lives: "long",
  },
  {
    name: "TestPyPI token",
    begins: "pypi-AgENdGVzdC5weXBpLm9yZw",
    then: `[${DASHES}]{50,1000}`,
    more: DASHES,
    whole: (value) => readPypiToken(value)?.location === "test.pypi.org" || null,
    revoke: "https://test.pypi.org/manage/account/",
    lives: "long",
  },
  {
    name: "RubyGems API key",
    begins: "rubygems_",
    then: "[a-f0-9]{48}",
    revoke: "https://rubygems.org/profile/api_keys",
    lives: "long",
  },
  {
    name: "NuGet API key",
    begins: "oy2",
    then: "[a-z2-7]{43}",
    revoke: "https://www.nuget.org/account/apikeys",
    lives: "long",
  },
  {
    name: "NuGet API key",
    // 52 random characters, then facts about it between fixed marks; S or L is a short or a long life.
    begins: "",
    then: `${ALNUM}{52}JQQJ99${ALNUM}{2}N5${ALNUM}{10}[SL]${ALNUM}{3}NUGT[A-Za-z0-9+/]{4}`,
    mark: "JQQJ99",
    more: "A-Za-z0-9_+/",
    revoke: "https://www.nuget.org/account/apikeys",
    lives: "long",
  },
  {
    name: "JSR token",
    begins: "jsr[wdp]_",
    then: `${ALNUM}{35}`,
    whole: (value) => base62Crc(value.slice(0, -6)) === value.slice(-6),
    revoke: "https://jsr.io/account/tokens",
    lives: "long",
  },
  {
    name: "GitHub token",
    begins: "gh[pour]_",
    then: `${ALNUM}{36}`,
    whole: githubChecksumHolds,
    revoke: GITHUB,
    lives: "long",
  },
  {
    name: "GitHub refresh token",
    begins: "ghr_",
    then: `${ALNUM}{76}`,
    revoke: "https://github.com/settings/applications",
    lives: "long",
  },
  {
    name: "fine-grained GitHub token",
    begins: "github_pat_",
    then: `${ALNUM}{22}_${ALNUM}{59}`,
    revoke: "https://github.com/settings/personal-access-tokens",
    lives: "long",
  },
  {
    name: "GitHub installation token",
    begins: "ghs_",
    then: `${ALNUM}{36}`,
    whole: githubChecksumHolds,
    revoke: "GitHub does so an hour after it was made",
    lives: "hours",
  },
  {
    name: "GitHub installation token",
    begins: "ghs_[0-9]+_",
    then: `eyJ[${DASHES}]{10,200}\\.eyJ[${DASHES}]{10,1500}\\.[${DASHES}]{20,600}`,
    more: DASHES,
    revoke: "GitHub does so an hour after it was made",
    lives: "hours",
  },
  ...gitlab([
    ["personal access token", "glpat-", `[${DASHES}]{27,300}\\.[0-9a-z]{2}\\.?[0-9a-z]{7,9}`],
    ["personal access token", "glpat-", `[${DASHES}]{20}`],
    ["deploy token", "gldt-", `[${DASHES}]{20}`],
    ["trigger token", "glptt-", "[0-9a-f]{40}"],
    ["runner token", "glrt-", `(?:t[0-9]_)?[${DASHES}]{20}`],
    ["runner registration token", "GR1348941", `[${DASHES}]{20}`],
    ["OAuth secret", "gloas-", `[${DASHES}]{64}`],
    ["SCIM token", "glsoat-", `[${DASHES}]{20}`],
    ["feed token", "glft-", `[${DASHES}]{20}`],
    ["feature flags token", "glffct-", `[${DASHES}]{20}`],
    ["incoming mail token", "glimt-", `[${DASHES}]{25}`],
    ["agent token", "glagent-", `[${DASHES}]{50}`],
  ]),
  {
    name: "GitLab job token",
    begins: "glcbt-",
    then: `[0-9a-zA-Z]{1,5}_[${DASHES}]{20}`,
    more: DASHES,
    revoke: "GitLab does so when the job ends",
    lives: "hours",
  },
  {
    name: "JFrog API key",
    begins: "AKCp",
    then: `${ALNUM}{69}`,
    revoke: "your JFrog platform, under Edit Profile",
    lives: "long",
  },
  {
    name: "JFrog reference token",
    // `reftkn` in base64.
    begins: "cmVmdGtu",
    then: `${ALNUM}{56}`,
    revoke: "your JFrog platform, under Access Tokens",
    lives: "long",
  },
  {
    name: "Docker Hub token",
    begins: "dckr_pat_",
    then: `[${DASHES}]{27}`,
    more: DASHES,
    revoke: "https://app.docker.com/settings/personal-access-tokens",
    lives: "long",
  },
  {
    name: "Docker Hub organisation token",
    begins: "dckr_oat_",
    then: `[${DASHES}]{32}`,
    more: DASHES,
    revoke: "https://app.docker.com, in the settings of the organisation",
    lives: "long",
  },
  {
    name: "Clojars token",
    begins: "CLOJARS_",
    then: "[a-z0-9]{60}",
    revoke: "https://clojars.org/tokens",
    lives: "long",
  },
  {
    name: "CircleCI token",
    begins: "CCIP(?:AT|RJ)_",
    then: `${ALNUM}{22}_[a-f0-9]{40}`,
    revoke: "https://app.circleci.com/settings/user/tokens",
    lives: "long",
  },
  {
    name: "Buildkite token",
    begins: "bkua_",
    then: "[a-z0-9]{40}",
    revoke: "https://buildkite.com/user/api-access-tokens",
    lives: "long",
  },
  {
    name: "Vault token",
    begins: "hv[sb]\\.",
    then: `[${DASHES}]{90,300}`,
    more: DASHES,
    revoke: "Vault: vault token revoke",
    lives: "hours",
  },
  {
    name: "1Password service account token",
    begins: "ops_eyJ",
    then: "[A-Za-z0-9+/]{250,1500}={0,2}",
    more: "A-Za-z0-9_+/=",
    revoke: "https://my.1password.com/developer-tools/active",
    lives: "long",
  },
  {
    name: "Azure DevOps token",
    begins: "",
    then: `${ALNUM}{76}AZDO${ALNUM}{4}`,
    mark: "AZDO",
    revoke: "https://dev.azure.com, User settings, Personal access tokens",
    lives: "long",
  },
  {
    name: "AWS secret access key",
    begins: "",
    then: "[A-Za-z0-9/+]{40}",
    more: "A-Za-z0-9_+/=",
    beside: "aws_?secret_?(?:access_?)?key",
    revoke: "https://console.aws.amazon.com/iam/home#/security_credentials",
    lives: "long",
  },
  {
    name: "Cloudsmith API key",
    begins: "",
    then: "[a-f0-9]{40}",
    beside: "cloudsmith_?(?:api_?)?key",
    revoke: "https://app.cloudsmith.com/user/settings/api-settings",
    lives: "long",
  },
  {
    name: "Hex API key",
    begins: "",
    then: "[a-f0-9]{32}",
    beside: "hex_?api_?key",
    revoke: "https://hex.pm/dashboard/keys",
    lives: "long",
  },
];

function gitlab(forms: readonly (readonly [name: string, begins: string, then: string])[]): TokenFormat[] {
  return forms.map(([name, begins, then]) => ({
    name: `GitLab ${name}`,
    begins,
    then,
    more: DASHES,
    revoke: GITLAB,
    lives: "long",
  }));
}

/** A prefix, thirty characters, and their checksum. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
function githubChecksumHolds(value: string): boolean {
  return base62Crc(value.slice(4, -6)) === value.slice(-6);
}
