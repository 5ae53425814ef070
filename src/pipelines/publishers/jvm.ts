import type { PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

/** Credentials of Maven, Gradle and sbt stand in settings files under names that each project chooses. */
const JVM_TOKENS: TokenSources = {
  env: [
    "MAVEN_CENTRAL_PASSWORD",
    "MAVEN_CENTRAL_TOKEN",
    "MAVEN_PASSWORD",
    "OSSRH_PASSWORD",
    "OSSRH_TOKEN",
    "SONATYPE_PASSWORD",
    "CENTRAL_TOKEN",
    "CENTRAL_PASSWORD",
    "ORG_GRADLE_PROJECT_mavenCentralPassword",
    "ORG_GRADLE_PROJECT_sonatypePassword",
    "GRADLE_PUBLISH_SECRET",
    "JRELEASER_MAVENCENTRAL_PASSWORD",
    "JRELEASER_MAVENCENTRAL_TOKEN",
  ],
  called:
    /^(?!.*(?:SIGN|GPG|PGP|KEY_?(?:RING|STORE)|INMEMORY|GITHUB|CACHE))(?:ORG_GRADLE_PROJECT_|.*(?:MAVEN|OSSRH|SONATYPE|CENTRAL|NEXUS)).*(?:PASS|PASSWORD|PWD|TOKEN|SECRET)$/i,
  options: [],
  properties:
    /^-[PD](?!.*(?:sign|gpg|pgp|key_?(?:ring|store)|inmemory|github|cache|user|sonar|codecov|coveralls|docker|slack)).*(?:pass|password|pwd|token|secret|publish\.key)$/i,
};
/** Maven Central exchanges no OIDC token. */
const jvm = { kind: "maven", oidc: null, tokens: JVM_TOKENS, otherwise: "no", anywhere: true } as const;

/** Programs that publish to Maven repositories. */
export const JVM_COMMANDS: readonly PublishCommand[] = [
  {
    ...jvm,
    program: ["mvn", "mvnw", "mvnd"],
    client: "mvn",
    verbs: [[
      /^(?:deploy|release:perform|(?:[\w.-]+:)*(?:maven-)?deploy(?:-plugin)?(?::[\d.]+)?:deploy(?:-file)?)$/,
    ], [
      // The second half of a release that was staged before.
      /^(?:[\w.-]+:){0,2}(?:nexus-staging|central-publishing)(?:-maven-plugin)?(?::[\d.]+)?:(?:deploy-staged(?:-repository)?|(?:rc-)?release|publish)$/,
    ], [/^(?:[\w.-]+:){0,2}jreleaser(?:-maven-plugin)?(?::[\d.]+)?:(?:full-release|deploy)$/]],
    valued: ["-P", "-pl", "--projects", "-s", "--settings", "-f", "--file", "-T", "-l", "-gs", "--threads"],
    registry: ["-DaltDeploymentRepository"],
    dry: ["-Dmaven.deploy.skip", "-DskipDeploy", "-DskipPublishing", "-DskipRemoteStaging"],
  },
  {
    ...jvm,
    program: ["gradle", "gradlew"],
    client: "gradle",
    verbs: [[
      /^(?:[\w-]*:){0,10}(?:publish(?!.*(?:Local|ToMavenLocal|Docs|Site|Image|Dist)$)(?:[A-Z]\w*)?|uploadArchives|bintrayUpload|(?:closeAndR|r)elease(?:\w{0,40}Staging)?Repositor(?:y|ies)|jreleaser(?:FullRelease|Deploy))$/,
    ]],
    valued: ["-p", "--project-dir", "-x", "--exclude-task", "-b", "-c", "-I", "--init-script", "--console"],
    dry: ["-m", "--dry-run"],
    directory: ["-p", "--project-dir"],
  },
  {
    ...jvm,
    program: "sbt",
    client: "sbt",
    verbs: [[/^(?:\+?(?:[\w-]+\/)?(?:ci-release|publish|publishSigned|release|sonatype\w*))$/]],
    valued: [],
  },
  {
    ...jvm,
    program: "lein",
    client: "lein",
    tokens: { env: ["CLOJARS_PASSWORD", "LEIN_PASSWORD"], options: [] },
    verbs: [["deploy"]],
    valued: [],
  },
  {
    ...jvm,
    program: "mill",
    client: "mill",
    tokens: { env: ["MILL_SONATYPE_PASSWORD", ...JVM_TOKENS.env], options: [] },
    verbs: [[/^(?:[\w.-]+[./])?publish(?:All|SonatypeCentral)?$/]],
    valued: ["-j", "--jobs"],
  },
  {
    ...jvm,
    program: "jreleaser",
    client: "jreleaser",
    verbs: [["full-release"], ["deploy"]],
    valued: ["-b", "--basedir", "-c", "--config-file", "--output-directory"],
    dry: ["-y", "--dry-run", "--dryrun"],
  },
  {
    ...jvm,
    program: "curl",
    client: "curl",
    // Sonatype's Central Portal takes a bundle of everything that is released.
    verbs: [[/^https:\/\/central\.sonatype\.com\/api\/v1\/publisher\/upload\b/]],
    valued: [
      "-X",
      "--request",
      "-H",
      "--header",
      "-F",
      "--form",
      "-u",
      "--user",
      "-o",
      "--output",
      "-w",
      "--write-out",
    ],
  },
];

/** Actions that publish to Maven repositories. */
export const JVM_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["jreleaser/release-action"],
    client: "jreleaser",
    kind: "maven",
    oidc: null,
    tokens: JVM_TOKENS,
    otherwise: "no",
    arguments: { input: "arguments", publishing: /^\s*(?:full-release|deploy)\b(?!.*--?(?:y|dry-?run)\b)/s },
  },
];
