import { handsCredential, handsUpload } from "../pipelines/hints.ts";
import type { CalledWorkflow, Job, Setting, Unseen } from "../pipelines/model.ts";
import { goesWithToken } from "./suspected.ts";

/** What may publish, and what it is handed for that. */
export type Handed = Unseen & {
  /** The secrets that are called like tokens of registries; absent where its job says that. */
  readonly given?: readonly string[];
  /** The repository of a workflow that can request a token and of which nothing else says that it publishes. */
  readonly family?: string;
};

/** Called workflows that need an OIDC token to sign, and publish nothing. */
const ATTESTS = /^slsa-framework\/slsa-github-generator\//i;

/** Words of called workflows that need one to speak to a model, to report what they have found, or for machines to test on. */
const OTHER_WORK =
  /^(?!.*upload).*(?:(?<![a-z])(?:review|tests?|testing|lint|docs?|documentation)(?![a-z])|docker|images?|containers?|claude|codeql|scorecard|analy[sz]|triage)/i;

const PUBLISHES = /publish|release(?!-?(?:notes?|draft|pr\b|please))|deploy|pypi|crates|npm/i;
/** What is published is no package, or is deployed to machines. */
const OF_OTHER_THINGS =
  /(?<![a-z])(?:docs?|documentation)(?![a-z])|^(?!.*(?:publish|release|pypi|crates|npm)).*(?<![a-z])(?:docker|compose|kubernetes|k8s|helm|swarm|terraform|ansible|servers?|hosts?|staging|preview|vercel|netlify|heroku|pages|web(?:site)?)(?![a-z])/i;
/** The release is what is tested; a workflow that tests first has it at its end. */
const REHEARSES = /(?<![a-z])(?:tests?|testing|dry-?run)(?:\.ya?ml)?$/i;

/** What a called workflow can publish with, beside secrets. */
const RIGHTS = ["id-token", "packages", "contents"];

/** A workflow of another repository that is called like one that publishes, or may request an OIDC token for what nothing tells. */
export function remoteCall({ calls, permissions }: Job): Handed[] {
  if (!calls || calls.pipeline) return [];
  const { reference, at, secrets } = calls;
  if (ATTESTS.test(reference)) return [];
  const [path] = reference.split("@") as [string];
  const name = nameOf(reference);
  const named = secrets === "inherit" ? [] : [...secrets.values()];
  const handed = named.filter((each) => handsUpload(each.name, each.value));
  const given = handedTokens(calls).map(({ secret }) => secret);
  const isEmptyHanded = secrets !== "inherit" && named.length === 0 &&
    RIGHTS.every((right) => permissions.allows(right, "write") === "no");
  if (handed.length > 0 || saysPublish(name) && !isEmptyHanded) return [{ reference, at, given }];
  if (permissions.written("id-token")?.value !== "write" || OTHER_WORK.test(name)) return [];
  const family = path.split("/").slice(0, 2).join("/");
  return [{ reference, at, given, ...named.length === 0 ? { family } : {} }];
}

/** A secret that is called like the token of a registry, and the setting that hands it over. */
export interface HandedToken {
  readonly secret: string;
  readonly setting: Setting;
}

/** The secrets that a workflow of another repository is handed to publish with, as far as names tell. */
export function handedTokens({ pipeline, reference, secrets }: CalledWorkflow): readonly HandedToken[] {
  if (pipeline || secrets === "inherit") return [];
  // One of npm may be there to read with.
  const isToken = saysPublish(nameOf(reference)) ? handsCredential : handsUpload;
  return [...secrets.values()].filter(({ name, value }) => isToken(name, value)).flatMap((setting) => {
    const secret = /\bsecrets\.([\w-]+)/i.exec(setting.value)?.[1];
    return secret === undefined || goesWithToken(setting.name, secret) ? [] : [{ secret, setting }];
  });
}

/** The file's name. */
function nameOf(reference: string): string {
  return reference.split("@")[0]!.split("/").at(-1)!;
}

function saysPublish(name: string): boolean {
  return PUBLISHES.test(name) && !OF_OTHER_THINGS.test(name) && !REHEARSES.test(name);
}
