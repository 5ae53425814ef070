import type { Answer } from "../../host/http1.ts";
import type { Credential } from "../credentials.ts";
import type { PublisherRecord } from "../policy.ts";
import { digest, type Incoming, json, parseJson, Refused, type Route } from "../server.ts";
import { dist, type NpmPackage } from "./shelf.ts";
import { bearer, notFound, type NpmSite, path } from "./site.ts";

/** The upload. */
export function publishRoutes(site: NpmSite): Route[] {
  return [{ method: "PUT", path: path("/NAME"), answer: (request) => publish(site, request) }];
}

/** What npm sends; the keys that are read here. */
interface Publication {
  readonly name: string;
  readonly access?: string | null;
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly "dist-tags"?: Readonly<Record<string, string>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

interface Sent {
  readonly name: string;
  readonly version: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly access: string | null;
  readonly tarball: Uint8Array;
}

async function publish(site: NpmSite, request: Incoming): Promise<Answer> {
  const sent = parse(request);
  const event = {
    what: "upload" as const,
    registry: site.name,
    package: sent.name,
    version: sent.version,
    file: `${sent.name.replace("@", "").replace("/", "-")}-${sent.version}.tgz`,
    sha256: await digest("SHA-256", sent.tarball),
    size: sent.tarball.length,
  };
  let holder: Credential<PublisherRecord> | null = null;
  try {
    holder = site.credentials.findLive(bearer(request));
    const target = admit(site, request, holder, sent);
    await store(site, target, sent, holder!);
    holder!.life.usedFor.push(`${sent.name} ${sent.version}`);
    site.stage.recorder.record({ ...event, status: 200, said: null, token: holder!.life.id });
    return json(200, { success: true });
  } catch (error) {
    if (error instanceof Refused) {
      const { status, message: said } = error;
      site.stage.recorder.record({ ...event, status, said, token: holder?.life.id ?? null });
    }
    throw error;
  }
}

function parse(request: Incoming): Sent {
  const body = parseJson(request.body) as Publication | undefined;
  const [version, manifest] = Object.entries(body?.versions ?? {})[0] ?? [];
  const attachment = Object.entries(body?._attachments ?? {}).find(([name]) => name.endsWith(".tgz"))?.[1];
  if (!body || !version || !manifest || !attachment || body.name !== request.parts[0]) {
    throw new Refused(400, "Bad Request");
  }
  return {
    name: body.name,
    version,
    manifest,
    tags: Object.keys(body["dist-tags"] ?? { latest: version }),
    access: body.access ?? null,
    tarball: Uint8Array.from(atob(attachment.data), (character) => character.charCodeAt(0)),
  };
}

/** The package to publish to, checked in npm's order. @throws {Refused} */
function admit(
  site: NpmSite,
  request: Incoming,
  holder: Credential<PublisherRecord> | null,
  sent: Sent,
): NpmPackage {
  if (!holder) {
    const stale = bearer(request) !== "";
    const notice = "Access token expired or revoked. Please try logging in again.";
    throw new Refused(404, "Not found", stale ? { "npm-notice": notice } : {});
  }
  // Who may not publish is not told whether there is something.
  if (holder.life.packages && !holder.life.packages.includes(sent.name)) throw notFound();
  if (holder.grant?.action === "stage") throw new Refused(403, "OIDC permission denied for this action");
  const known = site.shelf.find(sent.name);
  if (known?.versions.has(sent.version) || known?.removed.has(sent.version)) {
    throw new Refused(403, `You cannot publish over the previously published versions: ${sent.version}.`);
  }
  const restricted = sent.name.startsWith("@") && sent.access !== "public";
  if (!known && restricted) throw new Refused(402, "You must sign up for private packages");
  return known ?? site.shelf.create(sent.name, false);
}

async function store(
  site: NpmSite,
  target: NpmPackage,
  sent: Sent,
  holder: Credential<PublisherRecord>,
): Promise<void> {
  target.versions.set(sent.version, {
    version: sent.version,
    manifest: {
      ...sent.manifest,
      _npmUser: holder.grant ? trustedUser : { name: holder.user, email: `${holder.user}@example.com` },
      dist: await dist(sent.tarball),
    },
    tarball: sent.tarball,
    publishedAt: site.stage.clock.now(),
    hidden: site.lag,
  });
  for (const tag of sent.tags) target.tags.set(tag, sent.version);
  // The first version of all is the latest, whatever else it is called.
  if (!target.tags.has("latest")) target.tags.set("latest", sent.version);
}

/** How npm names who published by trusted publishing. */
const trustedUser = {
  name: "GitHub Actions",
  email: "npm-oidc-no-reply@github.com",
  trustedPublisher: { id: "github" },
};
