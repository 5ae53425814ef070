import { readMember } from "../formats/tarball.ts";
import { normalName, sameVersion, versionOfFile } from "../registries/pypi_names.ts";
import type { PackedPackage } from "./manifest.ts";

/** Whether a packed file is of the package and version that `pkg` says: registries believe the file. */
export async function isOf(
  pkg: PackedPackage,
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  switch (pkg.kind) {
    case "crates":
      // Cargo packs it once more for the upload, and gets no token unless the bytes are the same.
      return file === `${pkg.name}-${pkg.version}.crate`;
    case "pypi":
      return isDistribution(pkg, file);
    case "npm":
      return isTarball(pkg, await readMember(bytes, "package/package.json"));
  }
}

/** PyPI refuses a file whose metadata say another name or version than its own name. */
function isDistribution(pkg: PackedPackage, file: string): boolean {
  const version = versionOfFile(file);
  if (version === null || !sameVersion(version, pkg.version)) return false;
  const name = file.endsWith(".whl")
    ? file.split("-", 1)[0]!
    : file.slice(0, file.lastIndexOf(`-${version}.`));
  return normalName(name) === normalName(pkg.name);
}

function isTarball(pkg: PackedPackage, manifest: string | null): boolean {
  try {
    const { name, version } = JSON.parse(manifest ?? "{}");
    return name === pkg.name && version === pkg.version;
  } catch {
    // Not JSON: npm would not know what it is either.
    return false;
  }
}
