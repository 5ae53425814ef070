import { readTarball } from "../../formats/tarball.ts";
import type { Registry } from "../../registries/registry.ts";

/** Settings of `publishConfig` that say where the upload goes and by what it is trusted; npm obeys all of them. */
const CONNECTION =
  /^(?:(?:https?-)?proxy|no-?proxy|ca|cafile|cert|certfile|key|keyfile|strict-ssl|local-address|otp|_.*)$/;

/**
 * What in a tarball's `publishConfig` would redirect its upload or replace its credential: npm lets that override everything but the
 * command line. Empty when there is nothing of the kind, `null` when there is no `package.json`.
 */
export async function steering(
  tarball: Uint8Array<ArrayBuffer>,
  registry: Registry,
): Promise<string[] | null> {
  const manifests = (await readTarball(tarball) ?? []).filter((file) => isManifest(file.path));
  if (manifests.length === 0) return null;
  // Of several, each could be the one that npm reads.
  return manifests.flatMap((file) => steeringKeys(parse(file.bytes), registry));
}

/** npm drops the first part of every path, whatever it is. */
function isManifest(path: string): boolean {
  const parts = path.toLowerCase().split("/").slice(1).filter((part) => part !== "" && part !== ".");
  return parts.join("/") === "package.json";
}

/** Keys of `publishConfig` that steer the upload of a package with this `package.json`. */
export function steeringKeys(manifest: unknown, registry: Registry): string[] {
  const settings = (manifest as { publishConfig?: unknown } | null)?.publishConfig;
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings)
    .filter(([key, value]) => {
      if (key === "registry" || /^@[^/]+:registry$/.test(key)) {
        return !isSame(value, registry.endpoints.upload);
      }
      return key.startsWith("//") || CONNECTION.test(key);
    })
    .map(([key]) => key);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // npm cannot read it either, and says so.
    return null;
  }
}

function isSame(value: unknown, address: string): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const [a, b] = [value, address].map((text) => new URL(text).href.replace(/\/$/, ""));
  return a === b;
}
