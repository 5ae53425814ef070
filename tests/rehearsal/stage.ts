import type { Clock } from "../../src/host/clock.ts";
import { githubClaims, type GithubJob } from "../../src/rehearsal/github_claims.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import { type Registries, type RegistriesSetup, startRegistries } from "../../src/rehearsal/registries.ts";

/** The job that most tests are about. */
export const JOB: GithubJob = {
  repository: "acme/widgets",
  ownerId: "4242",
  repositoryId: "99",
  workflow: "release.yml",
  environment: "release",
  ref: "refs/tags/v1.0.0",
  event: "push",
  sha: "3f9c2d1000000000000000000000000000000000",
  runId: "88123",
  visibility: "private",
};

/** What the registries have on file for it. */
export function record(
  registry: string,
  name: string,
  changes: Partial<PublisherRecord> = {},
): PublisherRecord {
  return {
    registry,
    package: name,
    owner: "acme",
    repository: "widgets",
    ownerId: "4242",
    workflow: "release.yml",
    environment: "release",
    ...changes,
  };
}

/** A clock that stands still until it is moved. */
export class StillClock implements Clock {
  #now = Date.parse("2026-11-21T12:00:00Z");

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.#now += ms;
    return Promise.resolve();
  }

  /** Moves on by so many seconds. */
  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

/** Everything up for one test, with the most common calls. */
export class TestStage {
  constructor(readonly all: Registries, readonly clock: StillClock) {}

  /** Where a registry is. */
  at(name: string): string {
    return this.all.registries.get(name)!.endpoints.exchange!;
  }

  /** Sends JSON to a registry. */
  post(registry: string, path: string, body: unknown): Promise<Reply> {
    return send(this.at(registry) + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Reads from a registry. */
  get(registry: string, path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return send(this.at(registry) + path, { headers });
  }

  /** A job's token for an audience; `changes` to the job or, below `claims`, to single claims. */
  jwt(
    audience: string,
    changes: Partial<GithubJob> = {},
    claims: Record<string, unknown> = {},
    kid?: string,
  ) {
    this.all.issuer.claims = githubClaims({ ...JOB, ...changes });
    return this.all.issuer.sign(audience, claims, kid);
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** One request; the body is read whole. */
export async function send(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** Runs `test` with embedded registries and a still clock, and closes them. */
export async function onStage(
  setup: Partial<RegistriesSetup>,
  test: (stage: TestStage) => Promise<void>,
): Promise<void> {
  const clock = new StillClock();
  const all = await startRegistries({ claims: githubClaims(JOB), clock, ...setup });
  try {
    await test(new TestStage(all, clock));
  } finally {
    await all.close();
  }
}

/** Writes a request as it is and reads until the server closes: what `fetch` hides is seen here. */
export async function exchangeRaw(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}
