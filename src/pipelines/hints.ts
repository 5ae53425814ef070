import { masked } from "../host/masked.ts";
import { clearest, type Spoken, spoken } from "./spoken.ts";

/** Words of a name that say that it publishes. */
const PUBLISHES = /^(?:publish|publisher|republish)$/;
/** Words beside it that say that something else is published, or nothing. */
const ELSEWHERE =
  /^(?:docs?|documentation|sites?|pages|website|web|blog|storybook|demos?|examples?|tests?|check|checks|dry|verify|validate|prepare|pre|post|prebuild|docker|image|images|container|charts?|cdn|results?|reports?|coverage|unpublish|vercel|netlify|firebase|heroku|s3|aws|azure|git|github|notes?|changelogs?|lint|local|preview|snapshots?)$/;
/** Words of what packages are never published to; they say so in the name of an owner too. */
const NO_REGISTRY =
  /^(?:confluence|wiki|notion|jira|chrome|firefox|winget|homebrew|flathub|aur|snapcraft|playstore|appstore|testflight)$/;
/** Words that may stand beside `release` where that means publishing; with others it is a part of the way there, or something else. */
const RELEASES =
  /^(?:release|releaser|npm|pypi|crates?|cargo|gems?|nuget|packages?|all|ci|do|run|make|js|mjs|cjs|ts|mts|py|rb|sh|bash|ps1|bin|script|scripts|stable|next|canary|beta|alpha|nightly|latest|prod|production|semantic|auto|final|\d*)$/;

/** Whether the name of a file says that it is about something else than packages: the documentation, the tests. */
export function saysElsewhere(name: string): boolean {
  return wordsOf(name.split("/").at(-1)!).some(isElsewhere);
}

function isElsewhere(word: string): boolean {
  return ELSEWHERE.test(word) || NO_REGISTRY.test(word);
}

function wordsOf(name: string): string[] {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
}

/** Whether a name of a script, a task or a target says that it publishes packages. */
export function saysPublish(name: string): boolean {
  // Where the files of GitHub Actions lie says nothing.
  const words = wordsOf(name.replace(".github/", ""));
  if (words.some(isElsewhere)) return false;
  if (words.some((word) => PUBLISHES.test(word))) return true;
  return words.some((word) => /^releaser?$/.test(word)) && words.every((word) => RELEASES.test(word));
}

/** A command that moves a dist-tag of npm: no publishing, but with the same token. */
export const MOVES_TAG =
  /(?<![\w-])(?:npm|pnpm|pn|yarn npm|yarn) (?:dist-tag|tag) (?:add|rm|remove|set)(?![\w-])/;

/** Whether a task says so; there, `deploy` is often what uploads a package. */
export function taskSaysPublish(name: string): boolean {
  return saysPublish(name) || /^(?:[\w-]*:)?(?:deploy|upload|pypi)$/.test(name);
}

/** A program of a package manager with the word that makes it publish, in the text of any language; not one that it runs for a site. */
const COMMAND =
  /\b(?:npm|pnpm|yarn|bun|vp|cargo|uv|poetry|flit|hatch|pdm|maturin|lerna|changeset|twine|gem|nuget|mvnw?|gradlew?|vsce|ovsx|deno|jsr|pub|mix|keyless|putitoutthere|rush)\b["'`,\s[\](){}]{1,20}(?:(?!(?:mike|mkdocs|mdbook|gh-pages|surge|wrangler|netlify|vercel|firebase|serverless|sst|cdk)[\s"'`,])[-\w@./$:{}=]+["'`,\s[\]]{1,6}){0,3}?(?:publish|upload|push|deploy|hex\.publish)\b(?!["'`,\s]{1,6}(?:--)?dry[-_]?run)/;
/** What only programs mention that publish by themselves. */
const LIBRARY =
  /\b(?:libnpmpublish|npm-registry-client)\b|\bsemantic-release\b(?!-bot|\[bot)|\brelease-it\b|(?<!\b(?:surge\(\)|gh-?pages|(?:mqtt|redis|nats)\w{0,20}|client|channel|topic|producer|broker|pubsub)\.)\bpublish(?:_?(?:packages?|crates?|all|releases?|npm|pypi|to_?npm|to_?pypi))?\s*\(|upload\.pypi\.org|crates\.io\/api\/v1\/crates\/new/i;

/** Whether the text of a program says that it publishes packages, and not only in comments. */
export function textPublishes(text: string): boolean {
  return spoken(COMMAND, text) !== null || spoken(LIBRARY, text) !== null;
}

/** The command in a text that publishes, say in the words of a program that runs it elsewhere; `null` where there is none. */
export function publishingCommand(text: string): Spoken | null {
  const found = COMMAND.exec(text);
  return found && { text: found[0], index: found.index };
}

/** What only a name says, say of a function of a library; what is "published" may be there already. */
const WORD = /\b\w*(?:publish(?!ed|ing|es)|upload(?!ed|ing)|twine)\w*/i;
/** The words in the text of a program that say most clearly that it publishes, and are no comment; `null` where none do. */
export function publishingWords(text: string): Spoken | null {
  return clearest(COMMAND, text) ?? clearest(LIBRARY, text) ?? clearest(WORD, text);
}

/** Words of a program as a command has them: `"npm", "publish"` is `npm publish`. */
export function asCommand(words: string): string {
  return words.replace(/["'`,\s[\](){}]+/g, " ").trim();
}

/** A command as people call it, in one line and not too long. */
export function shownAs(
  { written, args }: { readonly written: string; readonly args: readonly string[] },
): string {
  const shown = masked([written, ...args].join(" ").replace(/\ue000+/g, "…").split("\n")[0]!);
  return shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
}

/** Whether a value names a secret of a registry from which nobody has to read with a token. */
export function namesUploadToken(value: string): boolean {
  return /\bsecrets\.[\w-]*(?:pypi|twine|cargo_registry|crates|rubygems)/i.test(value);
}

/** Actions of others that have such a name and publish no packages. */
const OTHER_ACTIONS = new Set([
  "softprops/action-gh-release",
  "actions/create-release",
  "actions/publish-action",
  "actions/publish-immutable-action",
  "actions/upload-release-asset",
  "release-drafter/release-drafter",
  "googleapis/release-please-action",
  "google-github-actions/release-please-action",
  "ncipollo/release-action",
  "svenstaro/upload-release-action",
  "marvinpinto/action-automatic-releases",
  "helm/chart-releaser-action",
  "snapcore/action-publish",
  "elgohr/publish-docker-github-action",
  "babel/actions/publish-github-release",
  "tryghost/action-ghost-release",
  "enricomi/publish-unit-test-result-action",
  "dorny/test-reporter",
  "python-semantic-release/publish-action",
  "python-semantic-release/upload-to-gh-release",
]);

/** Since version 8 it makes tags and releases, and uploads to no registry: python-semantic-release.readthedocs.io, "Migrating from v7". */
const SEMANTIC_RELEASE_OF_PYTHON = /^python-semantic-release\/python-semantic-release(?!@v?[0-7](?:\.|$))/;

/** What the credential of a registry is called by. */
const REGISTRIES = String
  .raw`npm|pypi|pub[-_]?(?:dev|credential|token)|maven|sonatype|ossrh|cargo|crates|nuget|ruby_?gems|hex_api`;
const CREDENTIAL = new RegExp(REGISTRIES, "i");
/** An input, a variable or a secret that is called so, and is given a secret. */
const HANDED = new RegExp(
  String
    .raw`(?:${REGISTRIES})[\w-]{0,60}["']?\s{0,9}:[^\n]{0,99}\bsecrets\.|\bsecrets\.[\w-]{0,60}(?:${REGISTRIES})`,
  "i",
);

/** Whether an action is called like one that releases something. */
export function actionSaysRelease(uses: string): boolean {
  const name = uses.split("@")[0]!;
  return !OTHER_ACTIONS.has(name) && !/^(?:\.|docker:)/.test(name) &&
    /publish|releas/.test(name.split("/").slice(1).join("/"));
}

/** What a repository is called because it is one of actions, where a path says which of them is meant. */
const OF_ACTIONS = /(?<=^|-)(?:git-?hub|git)-(?=[\w-]+\/)/g;

/** The credentials of registries from which nobody has to read with one. */
const UPLOADS = String
  .raw`pypi|twine|cargo_registry_|crates_?io|ruby_?gems|gem_host|maven_?central|sonatype|ossrh|hex_api|pub[-_]?(?:dev|credential)|npm\w{0,20}publish|publish\w{0,20}npm`;
const UPLOAD = new RegExp(UPLOADS, "i");
const HANDS_UPLOAD = new RegExp(
  String
    .raw`(?:${UPLOADS})[\w-]{0,60}["']?[ \t]{0,9}:[^\n]{0,99}\bsecrets\.|\bsecrets\.[\w-]{0,60}(?:${UPLOADS})`,
  "i",
);

/** What only programs are given that publish: they read from those registries without. */
const KEY = /nuget[\w.-]{0,20}key|gradle[\w.-]{0,9}publish/i;

/** Whether a text gives a secret away with which one can only publish, as far as names tell. */
export function textHandsUpload(text: string): boolean {
  // Few lines name a secret.
  for (let at = text.indexOf("secrets."); at >= 0;) {
    const end = text.indexOf("\n", at);
    const line = text.slice(text.lastIndexOf("\n", at) + 1, end < 0 ? undefined : end);
    if (HANDS_UPLOAD.test(line) || KEY.test(line)) return true;
    at = end < 0 ? end : text.indexOf("secrets.", end);
  }
  return false;
}

/** Whether a variable is called like a credential with which one can only publish, and is given a secret. */
export function isUploadVariable(name: string, value: string): boolean {
  return (UPLOAD.test(name) || KEY.test(name)) && secretsIn(value).length > 0;
}

/** Whether an argument of a program is one, by the name of its option or of the secret. */
export function isUploadArgument(option: string, value: string): boolean {
  return secretsIn(value).length > 0 && [UPLOAD, KEY].some((key) => key.test(`${option} ${value}`));
}

/** Whether an input or a variable does. */
export function handsUpload(name: string, value: string): boolean {
  return secretsIn(value).length > 0 && [name, ...secretsIn(value)].some((each) => UPLOAD.test(each));
}

/** Whether a text gives a secret away that is called like the credential of a registry. */
export function textHandsCredential(text: string): boolean {
  return HANDED.test(text);
}

/** Whether an input or a variable does. */
export function handsCredential(name: string, value: string): boolean {
  const secrets = secretsIn(value);
  return secrets.length > 0 && [name, ...secrets].some((each) => CREDENTIAL.test(each));
}

function secretsIn(value: string): string[] {
  return [...value.matchAll(/\bsecrets\.([\w-]+)/gi)].map(([, secret]) => secret!);
}

/** Whether a remote action or workflow is called like one that publishes packages; of `owner/repo@ref` too, in lower case. */
export function actionSaysPublish(uses: string): boolean {
  const name = uses.startsWith("docker:") ? uses : uses.split("@")[0]!;
  if (OTHER_ACTIONS.has(name) || SEMANTIC_RELEASE_OF_PYTHON.test(uses)) return false;
  if (wordsOf(name).some((word) => NO_REGISTRY.test(word))) return false;
  const own = name.startsWith("docker:")
    ? name.split("/").at(-1)!.split(":")[0]!
    : name.split("/").slice(1).join("/").replace(OF_ACTIONS, "");
  return saysPublish(own) ||
    own.includes("semantic-release") ||
    /(?:^|[^a-z])(?:pypi|npm|crates?|gem|rubygems|nuget|maven)(?:[^a-z]|$)/.test(own) &&
      /publish|releas|deploy|push|upload/.test(own);
}
