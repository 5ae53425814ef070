import type { PublishCommand } from "./publisher.ts";

/** The name of a program of publib, and the one that it had before. */
const called = (registry: string) => [`publib${registry}`, `jsii-release${registry}`];

/** Variables and words of all of them, by their sources: github.com/cdklabs/publib, bin/. */
const publib = { verbs: [[]], valued: [], otherwise: "no", dryEnv: ["PUBLIB_DRYRUN"] } as const;

/** The programs that publish what jsii has made of one project, a directory of files for each registry. */
export const PUBLIB_COMMANDS: readonly PublishCommand[] = [
  {
    ...publib,
    program: called("-npm"),
    client: "publib-npm",
    kind: "npm",
    runs: ["npm"],
    // It writes a .npmrc, or takes the variable away.
    tokens: { env: ["NPM_TOKEN"], options: [] },
    oidcEnv: ["NPM_TRUSTED_PUBLISHER"],
    ownHost: "registry.npmjs.org",
    registryEnv: ["NPM_REGISTRY"],
  },
  {
    ...publib,
    program: called("-pypi"),
    client: "publib-pypi",
    kind: "pypi",
    tokens: { env: ["TWINE_PASSWORD"], options: [] },
    oidcEnv: ["PYPI_TRUSTED_PUBLISHER"],
    registryEnv: ["TWINE_REPOSITORY_URL", "TWINE_REPOSITORY"],
  },
  {
    ...publib,
    program: called("-nuget"),
    client: "publib-nuget",
    kind: "nuget",
    tokens: { env: ["NUGET_API_KEY"], options: [] },
    oidcEnv: ["NUGET_TRUSTED_PUBLISHER"],
    registryEnv: ["NUGET_SERVER"],
  },
  {
    ...publib,
    program: called("-maven"),
    client: "publib-maven",
    kind: "maven",
    oidc: null,
    tokens: { env: ["MAVEN_PASSWORD"], options: [] },
    registryEnv: ["MAVEN_REPOSITORY_URL"],
    dryEnv: ["PUBLIB_DRYRUN", "MAVEN_DRYRUN"],
  },
  {
    ...publib,
    // Whatever of these has its directory in `dist`.
    program: called(""),
    client: "publib",
    kind: null,
    tokens: { env: ["NPM_TOKEN", "TWINE_PASSWORD", "NUGET_API_KEY", "MAVEN_PASSWORD"], options: [] },
    oidcEnv: ["NPM_TRUSTED_PUBLISHER", "PYPI_TRUSTED_PUBLISHER", "NUGET_TRUSTED_PUBLISHER"],
  },
];
