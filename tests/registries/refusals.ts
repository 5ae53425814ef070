import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import type { ExchangeContext, Refusal, TrustPolicy } from "../../src/registries/registry.ts";
import { protocolOf } from "../../src/registries/table.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { claimsWith, jwtWith, localRegistry, POLICY } from "./samples.ts";

/** One answer of a registry, and how it must be understood. */
export interface RefusalCase {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly answer: Reply;
  /** Changes to the sample's claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly declared?: TrustPolicy | null;
  readonly code: string;
  readonly cause: Refusal["cause"];
  readonly retry: Refusal["retry"];
  readonly expected?: readonly string[];
  readonly actual?: string;
  /** Parts of the whole refusal, as it would be printed. */
  readonly says?: readonly string[];
  /** The comparison, as `field claimed registered matches`. */
  readonly comparison?: readonly string[];
}

/** Registers one test per case: a registry of that name, on this machine, answers an exchange. */
export function refusalTests(registry: string, path: string, cases: readonly RefusalCase[]): void {
  for (const one of cases) {
    Deno.test(one.name, async () => {
      await using server = new Loopback({ [`POST ${path}`]: one.answer });
      const refusal = await refusedBy(registry, server, one);
      assertEquals(refusal.code, one.code);
      assertEquals(refusal.cause, one.cause);
      assertEquals(refusal.retry, one.retry);
      if (one.expected) assertEquals(refusal.expected, one.expected);
      if (one.actual !== undefined) assertEquals(refusal.actual, one.actual);
      for (const words of one.says ?? []) {
        assertStringIncludes(JSON.stringify(refusal), JSON.stringify(words).slice(1, -1));
      }
      if (one.comparison) {
        const rows = refusal.comparison!.map((row) =>
          `${row.field} ${row.claimed} ${row.registered} ${row.matches}`
        );
        assertEquals(rows, [...one.comparison]);
      }
      assert(refusal.next.length > 0);
      // deno-lint-ignore no-control-regex
      assert(!/[\u0000-\u0009\u000b-\u001f]/.test(refusal.said ?? ""), "control characters");
      assert(!refusal.message.includes("\n"), refusal.message);
    });
  }
}

async function refusedBy(name: string, server: Loopback, one: RefusalCase): Promise<Refusal> {
  const registry = localRegistry(name, server.origin);
  const { session } = sessionWith();
  const jwt = new Secret(jwtWith(one.claims), "OIDC token", server.origin);
  const context: ExchangeContext = {
    packageName: "widget",
    claims: claimsWith(one.claims),
    declared: one.declared === undefined ? POLICY : one.declared,
  };
  const answer = await protocolOf(registry).exchange(session, registry, jwt, context);
  assert(!("token" in answer), "a token was minted");
  assertEquals(answer.registry, name);
  assertEquals(answer.package, "widget");
  return answer;
}

/** Answers that no registry documents; each must be explained by status and first line, without a crash. */
export function unknownAnswers(label: string): RefusalCase[] {
  const unavailable = { code: "exchange-unavailable", cause: "registry", retry: "later" } as const;
  const unexpected = { code: "exchange-unexpected", cause: "unknown", retry: "never" } as const;
  return [
    {
      name: `${label}: a 502 of a proxy in HTML is an outage, and its first line is shown`,
      answer: { status: 502, text: "\n<html><h1>502 Bad Gateway</h1>\n<p>nginx" },
      says: ["502", "<html><h1>502 Bad Gateway</h1>"],
      ...unavailable,
    },
    {
      name: `${label}: a 503 without body is an outage`,
      answer: { status: 503, text: "" },
      says: ["Its answer is empty."],
      ...unavailable,
    },
    {
      name: `${label}: a 403 in HTML shows status and first line`,
      answer: { status: 403, text: "<title>Blocked</title>" },
      says: ["(403)", "<title>Blocked</title>"],
      ...unexpected,
    },
    {
      name: `${label}: a 200 in HTML is an unexpected answer`,
      answer: { status: 200, text: "<html>CANARY-secret</html>" },
      says: ["(200)", "text/html"],
      ...unexpected,
    },
    {
      name: `${label}: a 200 without token is an unexpected answer`,
      answer: { json: { success: true } },
      ...unexpected,
    },
    {
      name: `${label}: a token that is a number is an unexpected answer`,
      answer: { json: { token: 12345678 } },
      ...unexpected,
    },
    {
      name: `${label}: a token that is null is an unexpected answer`,
      answer: { json: { token: null } },
      ...unexpected,
    },
    {
      name: `${label}: a token shorter than 8 characters is an unexpected answer`,
      answer: { json: { token: "CANARY7" } },
      ...unexpected,
    },
    {
      name: `${label}: JSON that is a list is an unexpected answer`,
      answer: { json: [1, 2] },
      ...unexpected,
    },
    {
      name: `${label}: JSON that is null is an unexpected answer`,
      answer: { status: 418, json: null },
      ...unexpected,
    },
    {
      name: `${label}: a redirect is an unexpected answer that names its target`,
      answer: { status: 302, text: "", headers: { location: "https://elsewhere.example/" } },
      says: ["https://elsewhere.example/"],
      ...unexpected,
    },
    {
      name: `${label}: a 404 in HTML means that there is no exchange at that address`,
      answer: { status: 404, text: "<h1>Not found</h1>" },
      code: "exchange-unsupported",
      cause: "disabled",
      retry: "never",
    },
    {
      name: `${label}: a 429 with Retry-After is waited for`,
      answer: { status: 429, text: "slow down", headers: { "retry-after": "3" } },
      says: ["(429)"],
      ...unavailable,
    },
    {
      name: `${label}: a 429 without Retry-After is final`,
      answer: { status: 429, text: "slow down" },
      code: "exchange-unavailable",
      cause: "registry",
      retry: "never",
    },
  ];
}
