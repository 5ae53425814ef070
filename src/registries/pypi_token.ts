import { systemClock } from "../host/clock.ts";
import { plainLine } from "../host/redact.ts";
import { readPypiToken } from "./macaroon.ts";
import { normalName } from "./pypi_normal_name.ts";
import type { Registry } from "./registry.ts";
import type { TokenFault } from "./token_check.ts";

/** What is wrong with a token for PyPI or TestPyPI: other host, out of its time, another project. */
export function checkPypiToken(value: string, registry: Registry, packageName?: string): TokenFault | null {
  const { label } = registry;
  if (!value.startsWith("pypi-")) return notAToken(label);
  const facts = readPypiToken(value);
  // The form is no promise of PyPI's: what cannot be read may be right.
  if (!facts) return null;
  const host = registry.name === "testpypi" ? "test.pypi.org" : "pypi.org";
  if (facts.location !== host) return otherHost(label, facts.location, host);
  const now = systemClock.now() / 1000;
  if (facts.expiresAt !== null && facts.expiresAt <= now) return expired(label, facts.expiresAt);
  if (facts.notBefore !== null && facts.notBefore > now) return tooEarly(label, facts.notBefore);
  const { projects } = facts;
  if (packageName !== undefined && projects.length > 0 && !projects.includes(normalName(packageName))) {
    return otherProject(label, projects, packageName);
  }
  return null;
}

function notAToken(label: string): TokenFault {
  return {
    code: "token-malformed",
    message: `The token for ${label} is not an API token`,
    why: ["API tokens begin with `pypi-`; passwords are no longer accepted for uploads."],
    next: [
      "make an API token in the project's settings",
      "in CI: run with --credential oidc, which needs no token",
    ],
  };
}

function otherHost(label: string, location: string, host: string): TokenFault {
  return {
    code: "token-wrong-registry",
    message: `The token for ${label} is one of ${plainLine(location, 80)}, not of ${host}`,
    why: ["PyPI and TestPyPI have separate accounts and tokens."],
    next: [`set the variable to a token that was made at ${host}`],
  };
}

function expired(label: string, at: number): TokenFault {
  return {
    code: "token-expired",
    message: `The token for ${label} expired at ${iso(at)}`,
    next: ["get a new one; a token from trusted publishing lives for 15 minutes"],
  };
}

function tooEarly(label: string, at: number): TokenFault {
  return {
    code: "token-expired",
    message: `The token for ${label} is not valid before ${iso(at)}`,
    why: ["This machine's clock may be wrong."],
    next: ["check the clock, then run again"],
  };
}

function otherProject(label: string, projects: readonly string[], packageName: string): TokenFault {
  return {
    code: "token-wrong-project",
    message: `The token for ${label} is for ${
      projects.map((name) => plainLine(name, 80)).join(", ")
    }, not for ${packageName}`,
    next: [
      `set the variable to a token of ${packageName}`,
      "or register a trusted publisher, which needs no token",
    ],
  };
}

function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace(".000", "");
}
