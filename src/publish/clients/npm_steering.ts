import { readTarball } from "../../formats/tarball.ts";
import type { Registry } from "../../registries/registry.ts";

/** Settings of `publishConfig` that say where the upload goes and by what it is trusted; npm obeys all of them. */
const CONNECTION =
  /^(?:(?:https?-)?proxy|no-?proxy|ca|cafile|cert|certfile|key|keyfile|strict-ssl|local-address|otp|_.*)$/;

const MANIFEST = "package/package.json";

/**
 * What in a tarball's `publishConfig` would redirect its upload or replace its credential: npm lets that override everything but the
 * command line. Empty when there is nothing of the kind, `null` where npm could read another `package.json` than this function.
 */
export async function steering(
  tarball: Uint8Array<ArrayBuffer>,
  registry: Registry,
): Promise<string[] | null> {
  const files = await readTarball(tarball) ?? [];
  // npm drops the first part of every path, whatever it is; only one that it wrote itself is always this one.
  if (!files.every(({ path, ownName }) => [path, ownName].every((name) => name.startsWith("package/")))) {
    return null;
  }
  const manifests = files.filter(({ path, ownName }) => isManifest(path) || isManifest(ownName));
  if (manifests.length !== 1 || manifests[0]!.path !== MANIFEST || manifests[0]!.ownName !== MANIFEST) {
    return null;
  }
  const manifest = parse(manifests[0]!.bytes);
  return manifest === undefined ? null : steeringKeys(manifest, registry);
}

/** Whether a name, or that of a directory on its way, is unpacked as `package.json` on some file system. */
function isManifest(path: string): boolean {
  const name = path.split("/")[1]?.normalize("NFKC").toUpperCase() ?? "";
  return /^(?:PACKAGE\.JSON[. ]*|[^.]*~\d+\.JSO)$/.test(name);
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

/** `undefined` where npm looks for a manifest elsewhere (in a comment of `index.js`), or could take one from a prototype. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes), (key, value) => {
      if (key === "__proto__") throw new SyntaxError(key);
      return value;
    });
  } catch {
    // Not JSON, or a prototype.
    return undefined;
  }
}

function isSame(value: unknown, address: string): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const [a, b] = [value, address].map((text) => new URL(text).href.replace(/\/$/, ""));
  return a === b;
}
