import { given } from "../../host/env.ts";
import { outputSecret, printSecret, writeSecret } from "../../host/handover.ts";
import type { Session } from "../../host/session.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import { keep, mint, release } from "../../registries/mint.ts";
import type { MintedToken } from "../../registries/registry.ts";
import { on, openSession, text } from "../context.ts";
import { findTarget, requireIdentity } from "../target.ts";
import { json } from "../io.ts";
import type { Call } from "../verb.ts";
import { duration } from "../views/words.ts";

/** Where the token goes; exactly one must be said. */
type Destination =
  | { readonly to: "stdout" }
  | { readonly to: "file"; readonly path: string }
  | { readonly to: "output"; readonly name: string; readonly file: string };

/** Exchanges this job's OIDC token for a registry token and hands it over; burning it is then the caller's. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const destination = destinationOf(call, session);
  const target = await findTarget(session, call.arguments[0]!, text(call, "package"));
  const provider = await requireIdentity(session);
  const minted = await mint(session, provider, target.registry, target);
  try {
    await handOver(minted, destination);
  } catch (error) {
    await release(session, minted);
    throw error;
  }
  keep(minted);
  report(call, minted, destination, session);
  return 0;
}

function destinationOf(call: Call, session: Session): Destination {
  const path = text(call, "output");
  const name = text(call, "github-output");
  const wanted = [on(call, "print"), path !== null, name !== null].filter(Boolean).length;
  if (wanted !== 1) {
    throw new UsageError({
      code: "destination-required",
      message: wanted === 0 ? "Say where the token goes" : "Say one place where the token goes, not several",
      next: ["--output FILE (0600), --github-output NAME (masked step output) or --print (stdout)"],
    });
  }
  if (path !== null) return { to: "file", path };
  if (name === null) {
    if (!call.io.json) return { to: "stdout" };
    throw new UsageError({
      code: "destination-required",
      message: "--json describes the token on stdout and never holds it, so --print has no place to go",
      next: ["--output FILE or --github-output NAME"],
    });
  }
  const file = given(session.env, "GITHUB_OUTPUT");
  if (!file || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) {
    throw new UsageError({
      code: "destination-required",
      message: file
        ? `"${name}" is no name for a step output`
        : "--github-output works inside a step of GitHub Actions only",
      why: file ? [] : ["GITHUB_OUTPUT is not set."],
      next: [file ? "use letters, digits, - and _" : "use --output FILE"],
    });
  }
  return { to: "output", name, file };
}

async function handOver(minted: MintedToken, destination: Destination): Promise<void> {
  switch (destination.to) {
    case "stdout":
      return printSecret(minted.token);
    case "file":
      return await writeSecret(destination.path, minted.token);
    case "output":
      return await outputSecret(destination.file, destination.name, minted.token);
  }
}

function report(call: Call, minted: MintedToken, destination: Destination, session: Session): void {
  const where = destination.to === "stdout"
    ? "stdout"
    : destination.to === "file"
    ? destination.path
    : `the step output "${destination.name}" (masked)`;
  const left = duration(minted.expiresAt - session.clock.now());
  if (call.io.json) {
    const record = {
      schema: "keyless/exchange/1",
      registry: minted.registry.name,
      mintedAt: new Date(minted.mintedAt).toISOString(),
      expiresAt: new Date(minted.expiresAt).toISOString(),
      expiryKnown: minted.expiryKnown,
      destination: destination.to,
    };
    call.io.out(json(record));
  } else if (!call.io.quiet) {
    call.io.err(`${minted.registry.label} token written to ${where}; it lives for ${left}\n`);
  }
}
