import { isLoopback } from "../host/http.ts";
import { plainLine } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";
import { takesMinted } from "./destination.ts";
import { publicAt, publicAudience } from "./known.ts";
import type { ConfiguredAuth, Endpoints, Kind, Registry } from "./registry.ts";

/** A `[registry.NAME]` of the configuration. */
export interface RegistrySettings {
  readonly kind: Kind;
  /** crates: sparse index, with or without `sparse+`. pypi: simple index. npm: registry. */
  readonly index: string;
  /** pypi only: the legacy upload URL. */
  readonly upload?: string;
  /** Base of the OIDC exchange. */
  readonly exchange?: string;
  /** Where uploads go, if that is another host than the exchange's. */
  readonly tokenFor?: string;
  readonly audience?: string;
  readonly auth?: ConfiguredAuth;
}

/**
 * A registry that the configuration describes.
 * @throws {UsageError} `registry-url-invalid`, `registry-setting-missing`, `exchange-not-its-own`, `registry-hosts-differ`
 */
export function customRegistry(name: string, settings: RegistrySettings): Registry {
  const endpoints = endpointsOf(name, settings);
  const stolen = notItsOwn(name, endpoints);
  if (stolen) throw new UsageError(stolen);
  if (!takesMinted(endpoints)) throw new UsageError(hostsDiffer(name, settings.kind, endpoints));
  return {
    name,
    label: name,
    kind: settings.kind,
    endpoints,
    auth: settings.auth ?? null,
  };
}

function endpointsOf(name: string, settings: RegistrySettings): Endpoints {
  const exchange = settings.exchange ? withoutSlash(address(name, "exchange", settings.exchange).href) : null;
  const index = address(name, "index", settings.index.replace(/^sparse\+/, ""));
  const common = {
    index: withSlash(index.href),
    exchange,
    ...(settings.tokenFor ? { tokenFor: address(name, "token_for", settings.tokenFor).origin } : {}),
    audience: settings.audience ?? defaultAudience(settings.kind, exchange),
    web: null,
  };
  switch (settings.kind) {
    case "crates":
      return { ...common, api: exchange ?? index.origin, upload: index.origin };
    case "npm":
      return { ...common, api: common.index, upload: common.index };
    case "pypi":
      if (!settings.upload) throw missingUpload(name);
      return {
        ...common,
        api: exchange ?? index.origin,
        upload: withSlash(address(name, "upload", settings.upload).href),
      };
  }
}

/** crates.io's audience is its host, npm's its host behind `npm:`; an index of PyPI's kind is asked. */
function defaultAudience(kind: Kind, exchange: string | null): string | null {
  if (exchange === null || kind === "pypi") return null;
  const { host, hostname } = new URL(exchange);
  return kind === "crates" ? host : `npm:${hostname}`;
}

function address(name: string, key: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !["https:", "http:"].includes(url.protocol)) {
    throw invalid(name, key, "It is not an https address.");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw invalid(name, key, "Plain http is accepted for 127.0.0.1, [::1] and localhost only.");
  }
  if (url.username || url.password) {
    throw invalid(name, key, "It holds a user name or password, which would be printed and sent to proxies.");
  }
  if (url.search || url.hash) throw invalid(name, key, "It must not have a query or fragment.");
  return url;
}

function invalid(name: string, key: string, why: string): UsageError {
  return new UsageError({
    code: "registry-url-invalid",
    message: `Cannot use \`${key}\` of [registry.${plainLine(name)}]`,
    why: [why],
    next: [
      key === "index"
        ? `write index = "https://HOST/PATH/" (crates: "sparse+https://HOST/PATH/"); credentials belong into [registry.NAME.auth]`
        : `write ${key} = "https://HOST/PATH"`,
    ],
    registry: name,
  });
}

/** A token of a public registry, or an OIDC token that buys one, must not reach whoever the configuration names. */
function notItsOwn(name: string, { exchange, audience }: Endpoints): Problem | null {
  if (exchange === null) return null;
  const host = publicAt(exchange)?.label;
  const owner = host ?? (audience === null ? null : publicAudience(audience));
  if (!owner) return null;
  return {
    code: "exchange-not-its-own",
    message: `\`${host ? "exchange" : "audience"}\` of [registry.${plainLine(name)}] is that of ${owner}`,
    why: ["Its tokens would be handed to a registry that they are not for."],
    next: [
      `publish to ${owner} by its name, without a [registry.NAME]`,
      `or write the \`exchange\` and \`audience\` of ${plainLine(name)} itself`,
    ],
    registry: name,
  };
}

function hostsDiffer(name: string, kind: Kind, { exchange, upload }: Endpoints): Problem {
  const { origin } = new URL(upload);
  return {
    code: "registry-hosts-differ",
    message: `\`${kind === "pypi" ? "upload" : "index"}\` of [registry.${plainLine(name)}] is at ${
      plainLine(origin)
    }, and \`exchange\` at ${plainLine(new URL(exchange!).origin)}`,
    why: ["A token that one host has made would be sent to another one."],
    next: [
      `if both are one registry, say so: token_for = "${plainLine(origin)}" in [registry.${plainLine(name)}]`,
    ],
    registry: name,
  };
}

function missingUpload(name: string): UsageError {
  return new UsageError({
    code: "registry-setting-missing",
    message: `[registry.${plainLine(name)}] has no \`upload\``,
    why: ["An index of PyPI's kind takes uploads at an address of its own, which cannot be guessed."],
    next: [`add upload = "https://HOST/legacy/" to [registry.${plainLine(name)}]`],
    registry: name,
  });
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function withoutSlash(url: string): string {
  return url.replace(/(?<!\/)\/+$/, "");
}
