import type { Verb } from "../verb.ts";
import { ALLOW_DIRTY, ARTIFACTS, ONE_PACKAGE, PACKAGES, REGISTRY, TOKEN_PACKAGE } from "./shared.ts";

/** What a release is made of. */
export const RELEASING: readonly Verb[] = [
  {
    name: "pack",
    group: "Releasing",
    summary: "build and pack what will be published, without any credential",
    about: [
      "Runs the project's own build in an environment that holds no secret, and leaves the files, their hashes and the commit in one directory. `publish --artifacts` uploads exactly these.",
    ],
    arguments: [PACKAGES],
    options: [
      { ...ARTIFACTS, help: "put the packed files and their manifest into DIR; default: artifacts" },
      ALLOW_DIRTY,
    ],
    examples: [
      { line: "keyless pack", what: "all packages, into artifacts/" },
      { line: "keyless pack widget --artifacts dist/release", what: "one package, somewhere else" },
    ],
    permissions: ["paths", "git", "clients", "registries", "identity"],
    exits: { "0": "packed", "1": "a package could not be packed", "3": "nothing to pack" },
  },
  {
    name: "publish",
    group: "Releasing",
    summary: "publish with tokens that live for minutes",
    about: [
      "Proves by OIDC who publishes, gets a short-lived token for each package and hands the upload to the package manager. Everything is checked before the first upload; a run that was cut off continues when it is started again.",
      "A long-lived token is used only when asked for: --credential token, or --allow-fallback.",
    ],
    arguments: [PACKAGES],
    options: [
      ARTIFACTS,
      {
        long: "--credential",
        value: "KIND",
        choices: ["auto", "oidc", "token"],
        help: "what to publish with; default: auto, which is OIDC wherever the job can prove itself",
      },
      { long: "--allow-fallback", help: "use a long-lived token where the registry refuses the exchange" },
      { long: "--dry-run", help: "check everything, upload and mint nothing" },
      { long: "--no-provenance", help: "publish to npm without a provenance statement" },
      ALLOW_DIRTY,
    ],
    examples: [
      { line: "keyless publish", what: "in CI: pack and publish everything that is new" },
      { line: "keyless publish --artifacts artifacts", what: "upload what `keyless pack` left there" },
      { line: "keyless publish --dry-run widget", what: "check one package, change nothing" },
    ],
    permissions: ["paths", "git", "clients", "registries", "identity", "loopback", "credentials"],
    exits: {
      "0": "published, or there already",
      "1": "something was not published",
      "3": "nothing to publish",
    },
  },
  {
    name: "claims",
    group: "Releasing",
    summary: "show what this CI job can prove, and the publisher records that match",
    about: ["Fetches an OIDC token for this job and shows its claims, never the token itself."],
    arguments: [],
    options: [ONE_PACKAGE],
    examples: [
      { line: "keyless claims", what: "in a CI job: what to register where" },
      { line: "keyless claims --package widget", what: "compared with one package's trust policy" },
    ],
    permissions: ["paths", "git", "identity", "registries"],
    exits: { "0": "shown", "1": "no OIDC token, or the claims match no policy" },
  },
  {
    name: "exchange",
    group: "Releasing",
    summary: "exchange this job's OIDC token for a registry's short-lived token",
    about: [
      "For scripts that upload by themselves. The token is masked in GitHub Actions before it is handed over, and goes to one place: stdout, a file that only its owner can read, or a step output.",
      "`keyless run` is safer: there the token lives as long as one command.",
    ],
    arguments: [REGISTRY],
    options: [
      TOKEN_PACKAGE,
      { long: "--print", help: "write the token to stdout" },
      { long: "--output", value: "FILE", help: "write the token to FILE (0600)" },
      { long: "--github-output", value: "NAME", help: "set the step output NAME" },
    ],
    exactlyOne: ["--print", "--output", "--github-output"],
    examples: [
      { line: "keyless exchange crates.io --github-output token", what: "for a later step of this job" },
      { line: "keyless exchange npm --package @acme/widget --output token.txt", what: "into a private file" },
      { line: "keyless exchange pypi --print", what: "on stdout, for a pipe" },
    ],
    permissions: ["paths", "git", "identity", "registries"],
    exits: { "0": "exchanged", "1": "no OIDC token, or the registry refused" },
  },
  {
    name: "run",
    group: "Releasing",
    summary: "run one command with a short-lived token, and burn the token afterwards",
    about: [
      "Exchanges this job's OIDC token, starts COMMAND with the registry's token in the variables that its clients read, and burns the token when the command ends, also on a signal.",
    ],
    arguments: [REGISTRY],
    options: [TOKEN_PACKAGE],
    command: true,
    examples: [
      { line: "keyless run crates.io -- cargo publish --package widget", what: "cargo's own upload" },
      {
        line: "keyless run npm --package @acme/widget -- npm publish --ignore-scripts",
        what: "npm's own upload",
      },
    ],
    permissions: ["paths", "git", "identity", "registries", "clients", "run", "loopback"],
    exits: { "0": "COMMAND ended with 0; any other code of its own is passed on", "1": "no token" },
  },
];
