import type { Answer } from "../../host/http1.ts";
import type { Credential } from "../credentials.ts";
import { digest, json, Refused, type Route } from "../server.ts";
import { publisher } from "./authorization.ts";
import { findVersion } from "./shelf.ts";
import type { CratesGrant, CratesSite } from "./site.ts";

const UPLOAD_LIMIT = 10 << 20;

/** The upload, checked in crates.io's order. */
export function publishRoutes(site: CratesSite): Route[] {
  return [{
    method: "PUT",
    path: /^\/api\/v1\/crates\/new$/,
    async answer(request) {
      const { metadata, crate } = parseBody(request.body);
      const event = {
        what: "upload" as const,
        registry: site.name,
        package: metadata.name,
        version: metadata.vers,
        file: `${metadata.name}-${metadata.vers}.crate`,
        sha256: await digest("SHA-256", crate),
        size: crate.length,
      };
      let holder: Credential<CratesGrant> | null = null;
      try {
        holder = publisher(site, request, metadata.name);
        const answer = store(site, holder, metadata, crate, event.sha256);
        holder.life.usedFor.push(`${metadata.name} ${metadata.vers}`);
        site.stage.recorder.record({ ...event, status: answer.status, said: null, token: holder.life.id });
        return answer;
      } catch (error) {
        if (error instanceof Refused) {
          const { status, message: said } = error;
          site.stage.recorder.record({ ...event, status, said, token: holder?.life.id ?? null });
        }
        throw error;
      }
    },
  }];
}

/** What cargo sends about a crate; the keys that are read here. */
interface Metadata {
  readonly name: string;
  readonly vers: string;
  readonly deps: readonly Readonly<Record<string, unknown>>[];
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly description: string | null;
  readonly license: string | null;
  readonly license_file: string | null;
  readonly links: string | null;
  readonly rust_version: string | null;
}

/** Length and JSON, length and `.crate`; lengths are 32-bit little-endian. */
function parseBody(body: Uint8Array): { metadata: Metadata; crate: Uint8Array } {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  try {
    const metadataEnd = 4 + view.getUint32(0, true);
    const metadata = JSON.parse(new TextDecoder().decode(body.subarray(4, metadataEnd)));
    const crate = body.subarray(metadataEnd + 4);
    if (crate.length !== view.getUint32(metadataEnd, true)) throw new RangeError("length");
    return { metadata, crate };
  } catch {
    throw new Refused(400, "invalid upload request");
  }
}

function store(
  site: CratesSite,
  holder: Credential<CratesGrant>,
  metadata: Metadata,
  bytes: Uint8Array,
  cksum: string,
): Answer {
  if (bytes.length > UPLOAD_LIMIT) throw new Refused(413, `max upload size is: ${UPLOAD_LIMIT}`);
  if (site.metadataRequired) demandMetadata(metadata);
  const crate = site.shelf.find(metadata.name) ?? site.shelf.create(metadata.name);
  if (crate.name !== metadata.name) throw new Refused(400, `crate was previously named \`${crate.name}\``);
  if (findVersion(crate, metadata.vers)) {
    throw new Refused(400, `crate version \`${metadata.vers}\` is already uploaded`);
  }
  crate.versions.push({
    version: metadata.vers,
    bytes,
    index: indexLine(metadata, cksum),
    yanked: false,
    publisher: holder.grant ? { ...holder.grant } : null,
    license: metadata.license,
    createdAt: site.stage.clock.now(),
    hidden: site.lag,
  });
  return json(200, { warnings: { invalid_categories: [], invalid_badges: [], other: [] } });
}

function demandMetadata(metadata: Metadata): void {
  const missing = [
    ...(metadata.description ? [] : ["description"]),
    ...(metadata.license || metadata.license_file ? [] : ["license"]),
  ];
  if (missing.length === 0) return;
  throw new Refused(
    400,
    `missing or empty metadata fields: ${missing.join(", ")}. Please see ` +
      "https://doc.rust-lang.org/cargo/reference/manifest.html for more information on configuring these fields",
  );
}

/** The upload's metadata in the index's words. */
function indexLine(metadata: Metadata, cksum: string): Record<string, unknown> {
  const deps = metadata.deps.map(({ version_req, explicit_name_in_toml: alias, name, ...rest }) => ({
    ...rest,
    name: alias ?? name,
    req: version_req,
    ...(alias ? { package: name } : {}),
  }));
  // Old cargo must not meet `dep:` and `?/`, hence the second table.
  const modern = ([, enables]: [string, readonly string[]]) => enables.some((it) => /^dep:|\?\//.test(it));
  const features = Object.entries(metadata.features);
  return {
    name: metadata.name,
    vers: metadata.vers,
    deps,
    cksum,
    features: Object.fromEntries(features.filter((it) => !modern(it))),
    ...(features.some(modern) ? { features2: Object.fromEntries(features.filter(modern)), v: 2 } : {}),
    links: metadata.links ?? null,
    ...(metadata.rust_version ? { rust_version: metadata.rust_version } : {}),
  };
}
