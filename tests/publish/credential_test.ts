import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { type Session, silent } from "../../src/host/session.ts";
import { type CredentialWish, decideCredential } from "../../src/publish/credential.ts";
import { packageOf } from "./samples.ts";

const CI = {
  GITHUB_ACTIONS: "true",
  GITHUB_EVENT_NAME: "push",
  GITHUB_WORKFLOW_REF: "o/r/.github/workflows/release.yml@refs/heads/main",
};
const OIDC = {
  ...CI,
  ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:1/?a=b",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARYrequest",
};
const MINTED = "cio_tp_0000000000000000000000000000000w";

const LONG = "long-lived token in ";

interface Case {
  readonly name: string;
  readonly kind: "crates" | "pypi" | "npm";
  readonly wish?: CredentialWish;
  readonly env: Readonly<Record<string, string>>;
  /** What the report names; `null`: there is none. */
  readonly expected: string | null;
  /** Part of the problem's reasons. */
  readonly why?: string;
}

const cases: readonly Case[] = [
  { name: "OIDC where the CI offers it", kind: "crates", env: OIDC, expected: "OIDC from GitHub Actions" },
  {
    name: "OIDC and nothing else, although a token is set",
    kind: "npm",
    env: { ...OIDC, NPM_TOKEN: "npm_CANARY0000000000000000" },
    expected: "OIDC from GitHub Actions",
  },
  {
    name: "no fallback to a token in a CI job that may not ask for an identity",
    kind: "npm",
    env: { ...CI, NPM_TOKEN: "npm_CANARY0000000000000000" },
    expected: null,
    why: "NPM_TOKEN is set, and was not used",
  },
  {
    name: "the token outside of any CI",
    kind: "npm",
    env: { NPM_TOKEN: "npm_CANARY0000000000000000" },
    expected: LONG + "NPM_TOKEN",
  },
  {
    name: "NODE_AUTH_TOKEN before NPM_TOKEN",
    kind: "npm",
    env: { NODE_AUTH_TOKEN: "npm_CANARY1", NPM_TOKEN: "npm_CANARY2" },
    expected: LONG + "NODE_AUTH_TOKEN",
  },
  {
    name: "an empty variable is unset",
    kind: "npm",
    env: { NODE_AUTH_TOKEN: "", NPM_TOKEN: "npm_CANARY2" },
    expected: LONG + "NPM_TOKEN",
  },
  {
    name: "PYPI_API_TOKEN for PyPI",
    kind: "pypi",
    env: { PYPI_API_TOKEN: "pypi-CANARY" },
    expected: LONG + "PYPI_API_TOKEN",
  },
  {
    name: "another registry's token is never taken",
    kind: "pypi",
    env: { NPM_TOKEN: "npm_CANARY", CARGO_REGISTRY_TOKEN: "cioCANARY" },
    expected: null,
  },
  {
    name: "--credential token in a CI job that could prove who it is",
    kind: "crates",
    wish: "token",
    env: { ...OIDC, CARGO_REGISTRY_TOKEN: "cioCANARY0000000000000000000000000" },
    expected: LONG + "CARGO_REGISTRY_TOKEN",
  },
  {
    name: "--credential token without one",
    kind: "crates",
    wish: "token",
    env: OIDC,
    expected: null,
    why: "CARGO_REGISTRY_TOKEN",
  },
  {
    name: "--credential oidc outside of any CI",
    kind: "crates",
    wish: "oidc",
    env: { CARGO_REGISTRY_TOKEN: "cioCANARY0000000000000000000000000" },
    expected: null,
  },
  {
    name: "a token that another action minted, where this job has no identity of its own",
    kind: "crates",
    env: { ...CI, CARGO_REGISTRY_TOKEN: MINTED },
    expected: "short-lived token in CARGO_REGISTRY_TOKEN, minted before keyless started",
  },
];

for (const { name, kind, wish, env, expected, why } of cases) {
  Deno.test(`credential: ${name}`, async () => {
    const session: Session = { env: envOf(env), http: new Http(), clock: systemClock, progress: silent };
    const plan = await decideCredential(session, packageOf("widget", { kind }), wish ?? "auto");
    assertEquals(plan.path === "none" ? null : plan.describe, expected);
    if (plan.path !== "none") return;
    assert(plan.problem.next.length > 0);
    const said = [plan.problem.message, ...plan.problem.why ?? []].join("\n");
    assert(said.includes(why ?? ""), said);
    assert(!said.includes("CANARY"), said);
  });
}
