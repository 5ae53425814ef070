import { get, textOf } from "../../formats/located.ts";
import { plainLine } from "../../host/redact.ts";
import type { Setting } from "../../pipelines/model.ts";
import type { Label } from "../../report/finding.ts";
import { isGithubPackages } from "../github_packages.ts";
import { hostOf, type NpmDestination, npmDestination, type RegistryLine } from "../npm_destination.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { handedInVain } from "../token_readings.ts";
import { mayBeGivenToken } from "../unseen_hands.ts";
import { variablesAt } from "../variables.ts";

/** npm sends a package where the manifest, an option or its scope says, and a token only where that token is for. */
export const npmRegistryWithoutToken: Rule = {
  code: "npm-registry-without-token",
  severity: "error",
  confidence: "likely",
  phase: "credentials",
  *check(subject) {
    for (const job of subject.publishing) {
      if (job.pipeline.vendor !== "github" || mayBeGivenToken(job)) continue;
      const path = ownManifest(job.invocation);
      const manifest = path === null ? undefined : subject.manifests.get(path)?.root;
      if (!manifest || get(manifest, "private")?.value === true) continue;
      const destination = npmDestination(job, subject, path!);
      if (!destination || hasToken(job, destination, subject)) continue;
      const name = plainLine(textOf(manifest, "name")!.value, 100);
      const token = tokenFor(job);
      const other = token === undefined ? undefined : destination.lines.at(-1);
      const exchanges = !isGithubPackages(destination.registry);
      if (exchanges && (!other || mayExchange(job, destination))) continue;
      if (!other && handedInVain(job, subject)) continue;
      yield other ? elsewhere(job, name, destination, other, token!) : without(job, name, destination);
    }
  },
};

/** What the line of setup-node names, unless it is empty. */
function tokenFor(job: Publishing): Setting | undefined {
  const token = variablesAt(job).get("NODE_AUTH_TOKEN");
  return /^\s*(?:\$\{\{\s*''\s*\}\})?\s*$/.test(token?.value ?? "") ? undefined : token;
}

/** Whether any line gives npm a token for the registry. */
function hasToken(job: Publishing, { registry, lines }: NpmDestination, { settings }: Subject): boolean {
  const host = hostOf(registry);
  return tokenFor(job) !== undefined && lines.some((line) => hostOf(line.registry) === host) ||
    settings.npmrc.some(({ credentials }) =>
      credentials.some((each) => each.registry === null || hostOf(each.registry) === host)
    ) ||
    job.invocation.credentials.some(({ source }) => source !== "variable");
}

/** Whether npm may ask for a token itself. */
function mayExchange({ job }: Publishing, { registry }: NpmDestination): boolean {
  return hostOf(registry) !== "registry.npmjs.org" || job.permissions.allows("id-token", "write") !== "no";
}

const STOPS = "npm finds no token for that registry, and stops with ENEEDAUTH, E401 or E404.";

function elsewhere(
  { job, invocation }: Publishing,
  name: string,
  { registry, by, at }: NpmDestination,
  line: RegistryLine,
  token: Setting,
): Report {
  const [host, other] = [hostOf(registry), hostOf(line.registry)].map((each) => plainLine(each, 80));
  const publishes: Label = { at: invocation.at, message: "publishes here" };
  const sends: Label = { at: line.at, message: "writes the line with the token for this one" };
  // Of GitHub's the action takes the owner's packages alone.
  const left = at === null;
  const owner = line.scope ? `@${plainLine(line.scope, 60)}` : null;
  return {
    message: `${name} goes to ${host}, and job "${job.id}" has a token for ${other} alone`,
    at: left ? line.at : at,
    label: left
      ? `sends packages of ${owner ?? "the repository's owner"} there, and no others`
      : by === "manifest"
      ? "goes before registry-url"
      : "decides where it goes",
    related: [
      ...left ? [] : [sends],
      { at: token.keyAt, message: `is sent to ${other}, and nowhere else` },
      ...at === invocation.at ? [] : [publishes],
    ],
    why: [STOPS],
    next: left
      ? [
        `give the package a name of that scope: ${owner ?? "@OWNER"}/${name.replace(/^@[^/]*\//, "")}`,
        `or where ${host} is meant, set up that: registry-url: https://${host}`,
      ]
      : [
        `where ${other} is meant: ${
          by === "manifest" ? `publishConfig.registry: https://${other}` : "name it here"
        }${
          isGithubPackages(other!) && !name.startsWith("@")
            ? `, and call the package ${owner ?? "@OWNER"}/${name}`
            : ""
        }`,
        `where ${host} is meant: registry-url: https://${host}, and a token of it`,
      ],
  };
}

function without(
  { job, invocation }: Publishing,
  name: string,
  { registry, at, lines }: NpmDestination,
): Report {
  const host = plainLine(hostOf(registry), 80);
  const isSetUp = lines.some((line) => hostOf(line.registry) === hostOf(registry));
  return {
    message: `Job "${job.id}" publishes ${name} to ${host}, and has no token for it`,
    at: at ?? invocation.at,
    label: "exchanges no OIDC token",
    related: at === null || at === invocation.at ? [] : [{ at: invocation.at, message: "has no token" }],
    why: [`GitHub Packages has no trusted publishing. ${STOPS}`],
    next: [
      `give the step \`NODE_AUTH_TOKEN: \${{ secrets.GITHUB_TOKEN }}\`, and job "${job.id}" \`packages: write\``,
      ...isSetUp ? [] : [`let actions/setup-node write the line for it: registry-url: https://${host}`],
    ],
  };
}
