import type { Package } from "../../config/project.ts";
import { makeDirectory, readBytes, writeAtomic } from "../../host/files.ts";
import type { Outcome } from "../../host/process.ts";
import { plain } from "../../host/redact.ts";
import { KeylessError } from "../../problem.ts";
import { digest } from "../digests.ts";
import { directoryOf, oddName, type PackedFile, type PackedPackage } from "../manifest.ts";

/** How long a build or an upload may take, in milliseconds. */
export const HOUR = 3_600_000;

/** Copies what a client has built to the artifacts, a folder a package, and takes its digests. @throws {KeylessError} `pack-failed` */
export async function storePacked(
  pkg: Package,
  version: string,
  built: readonly string[],
  artifacts: string,
): Promise<PackedPackage> {
  const packed = { name: pkg.name, kind: pkg.kind, registry: pkg.registry.name, version };
  const odd = oddName(packed, built.map(nameOf));
  if (odd !== null) throw packFailed(pkg.client, [pkg], odd);
  const directory = directoryOf(packed);
  await makeDirectory(`${artifacts}/${directory}`);
  const files: PackedFile[] = [];
  for (const path of built) {
    const name = nameOf(path);
    const bytes = await readBytes(path);
    if (bytes === null) throw packFailed(pkg.client, [pkg], `${name} was not written.`);
    await writeAtomic(`${artifacts}/${directory}/${name}`, bytes);
    files.push({ name, ...await digest(bytes) });
  }
  return { ...packed, directory, files };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A client could not build. */
export function packFailed(
  program: string,
  packages: readonly Package[],
  said: string,
  hint?: string,
): KeylessError {
  const names = packages.map((pkg) => pkg.name).join(", ");
  return new KeylessError({
    code: "pack-failed",
    message: `${program} could not pack ${names}`,
    why: [
      "Packing builds a clean checkout of the commit, without credentials and without files that are not committed.",
      ...hint === undefined ? [] : [hint],
    ],
    ...said.trim() ? { said: plain(said).trim() } : {},
    next: [`correct what ${program} says, commit, and run again`],
    ...packages.length === 1 ? { package: names, at: packages[0]!.at } : {},
  });
}

/** The end of what a client wrote, where the reason stands. */
export function lastWords(outcome: Outcome, lines = 20): string {
  const text = outcome.stderr.trim() || outcome.stdout.trim();
  const words = text.split("\n").slice(-lines).join("\n");
  return outcome.timedOut ? `${words}\n(ended after the time allowed)` : words;
}
