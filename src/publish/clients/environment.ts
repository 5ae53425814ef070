import type { ClientName } from "../../config/project.ts";
import { given } from "../../host/env.ts";
import type { Session } from "../../host/session.ts";

/** The whole environment of a child; nothing else is inherited. */
export type Environment = Readonly<Record<string, string>>;

/** What any program needs to run at all, on one system or another. */
const BASE = [
  "PATH",
  "PATHEXT",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SYSTEMROOT",
  "COMSPEC",
] as const;

/** Where a person keeps things. */
const PERSONAL = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"] as const;

/** Where programs for everybody are, on Windows. */
const SHARED = ["PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)"] as const;

/** What compilers and their helpers read, beyond {@link BASE}. */
const BUILD = [
  "AR",
  "CC",
  "CFLAGS",
  "CXX",
  "CXXFLAGS",
  "LDFLAGS",
  "MACOSX_DEPLOYMENT_TARGET",
  "PKG_CONFIG_PATH",
  "SDKROOT",
  "SOURCE_DATE_EPOCH",
] as const;

const BUILD_OF: Readonly<Record<ClientName, readonly string[]>> = {
  cargo: ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"],
  npm: [],
  twine: ["PYTHONUSERBASE", "UV_CACHE_DIR"],
  uv: ["PYTHONUSERBASE", "UV_CACHE_DIR"],
};

/** Where builds fetch what they need; passed on unless the address holds a password. */
const INDEXES = [
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_FIND_LINKS",
  "UV_DEFAULT_INDEX",
  "UV_INDEX_URL",
] as const;

/** Lower and upper case mean the same and are read by different programs, so both are set. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] as const;

/** Each name is read by some client only: one setting is enough for all. The order says whose value the others get. */
const CERTIFICATES = [
  "SSL_CERT_FILE",
  "NODE_EXTRA_CA_CERTS",
  "DENO_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
  "GIT_SSL_CAINFO",
  "CARGO_HTTP_CAINFO",
] as const;

/** Every variable of this process that may reach a client, for the permission table. */
export const PASSED_ON: readonly string[] = [
  ...BASE,
  ...PERSONAL,
  ...SHARED,
  ...BUILD,
  ...new Set(Object.values(BUILD_OF).flat()),
  ...INDEXES,
  ...[...PROXIES, "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
  ...CERTIFICATES,
  "SSL_CERT_DIR",
];

/**
 * What packing and building get: what compilers need, and neither a credential nor the variables with which an OIDC token is
 * requested. The project's own code runs in it.
 */
export function buildEnvironment(session: Session, client: ClientName): Environment {
  const { env } = session;
  const passed: Record<string, string> = pick(session, [
    ...BASE,
    ...PERSONAL,
    ...SHARED,
    ...BUILD,
    ...BUILD_OF[client],
  ]);
  for (const name of INDEXES) {
    const value = given(env, name);
    if (value !== undefined && !/\/\/[^/\s]*@/.test(value)) passed[name] = value;
  }
  return { ...passed, ...network(session) };
}

/**
 * What an upload gets: still less, and a home of its own, so that no netrc, keyring setting or configuration of the user is found.
 * Without `home` the user's is kept, for clients that may themselves be installed below it.
 */
export function uploadEnvironment(session: Session, home: string | null): Environment {
  const personal = pick(session, PERSONAL);
  if (home !== null) { for (const name of Object.keys(personal)) personal[name] = home; }
  return { ...pick(session, BASE), ...pick(session, SHARED), ...personal, ...network(session) };
}

function pick(session: Session, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = given(session.env, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function network(session: Session): Environment {
  const { env } = session;
  const set: Record<string, string> = {};
  for (const name of PROXIES) {
    const value = given(env, name) ?? given(env, name.toLowerCase());
    if (value !== undefined) set[name] = set[name.toLowerCase()] = value;
  }
  // Some clients send even loopback through a proxy unless told not to.
  const direct = [given(env, "NO_PROXY") ?? given(env, "no_proxy"), "127.0.0.1", "localhost"];
  set.NO_PROXY = set.no_proxy = direct.filter((part) => part !== undefined).join(",");

  const authority = CERTIFICATES.map((name) => given(env, name)).find((value) => value !== undefined);
  if (authority !== undefined) {
    for (const name of CERTIFICATES) set[name] = given(env, name) ?? authority;
  }
  return { ...set, ...pick(session, ["SSL_CERT_DIR"]) };
}
