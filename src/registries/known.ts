import { isLoopback } from "../host/http.ts";
import type { Registry } from "./registry.ts";

/** The public registries, which need no configuration. */
export const KNOWN: readonly Registry[] = [
  {
    name: "crates.io",
    label: "crates.io",
    kind: "crates",
    endpoints: {
      index: "https://index.crates.io/",
      api: "https://crates.io",
      upload: "https://crates.io",
      exchange: "https://crates.io",
      audience: "crates.io",
      web: "https://crates.io",
    },
    auth: null,
  },
  {
    name: "staging.crates.io",
    label: "staging.crates.io",
    kind: "crates",
    endpoints: {
      index: "https://index.staging.crates.io/",
      api: "https://staging.crates.io",
      upload: "https://staging.crates.io",
      exchange: "https://staging.crates.io",
      audience: "staging.crates.io",
      web: "https://staging.crates.io",
    },
    auth: null,
  },
  {
    name: "pypi",
    label: "PyPI",
    kind: "pypi",
    endpoints: {
      index: "https://pypi.org/simple/",
      api: "https://pypi.org",
      upload: "https://upload.pypi.org/legacy/",
      exchange: "https://pypi.org",
      tokenFor: "https://upload.pypi.org",
      audience: null,
      web: "https://pypi.org",
    },
    auth: null,
  },
  {
    name: "testpypi",
    label: "TestPyPI",
    kind: "pypi",
    endpoints: {
      index: "https://test.pypi.org/simple/",
      api: "https://test.pypi.org",
      upload: "https://test.pypi.org/legacy/",
      exchange: "https://test.pypi.org",
      audience: null,
      web: "https://test.pypi.org",
    },
    auth: null,
  },
  {
    name: "npm",
    label: "npm",
    kind: "npm",
    endpoints: {
      index: "https://registry.npmjs.org/",
      api: "https://registry.npmjs.org/",
      upload: "https://registry.npmjs.org/",
      exchange: "https://registry.npmjs.org",
      audience: "npm:registry.npmjs.org",
      web: "https://www.npmjs.com",
    },
    auth: null,
  },
];

/** What else people call them: words, and the hosts of their addresses. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  "crates.io": ["crates-io", "cratesio", "crates", "index.crates.io", "static.crates.io"],
  "staging.crates.io": ["staging-crates-io", "crates.io-staging", "index.staging.crates.io"],
  "pypi": ["pypi.org", "upload.pypi.org", "www.pypi.org", "pypi.python.org"],
  "testpypi": ["test-pypi", "pypi-test", "test.pypi.org", "test.pypi"],
  "npm": [
    "npmjs",
    "npmjs.org",
    "npmjs.com",
    "www.npmjs.com",
    "registry.npmjs.org",
    "registry.npmjs.com",
    "registry.yarnpkg.com",
  ],
};

/** How cargo announces crates.io to credential providers, whatever index it uses. */
const GIT_INDEX = "github.com/rust-lang/crates.io-index";

/** A public registry by any name or address that people use for it, or `null`. */
export function knownRegistry(name: string): Registry | null {
  const word = name.trim().toLowerCase().replace(/^(?:sparse\+|registry\+)?https?:\/\//, "").replaceAll(
    "_",
    "-",
  );
  if (word.replace(/\/$/, "") === GIT_INDEX) return KNOWN[0]!;
  const host = word.split("/")[0]!;
  return KNOWN.find((registry) => registry.name === host || ALIASES[registry.name]?.includes(host)) ?? null;
}

/** The public registry at whose host an address is, or `null`. */
export function publicAt(address: string): Registry | null {
  return knownRegistry(new URL(address).hostname.replace(/\.$/, ""));
}

/** Who accepts OIDC tokens of this audience, where that is a public service of which everybody knows it; else `null`. */
export function publicAudience(audience: string): string | null {
  if (audience === "sigstore") return "Sigstore";
  return KNOWN.find(({ name, endpoints }) => (endpoints.audience ?? name) === audience)?.label ?? null;
}

/** Whether a registry plays by the rules of a public one; a rehearsal's does, under the same name. */
export function isPublic(registry: Registry): boolean {
  return KNOWN.some((known) => known.name === registry.name && known.kind === registry.kind);
}

/** Whether the exchange happens on this machine, as in a rehearsal. */
export function isLocal(registry: Registry): boolean {
  return registry.endpoints.exchange !== null && isLoopback(new URL(registry.endpoints.exchange).hostname);
}
