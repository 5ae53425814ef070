import { cargoHomes } from "./toolchain.ts";
import { byWorkspace, packCrates } from "./cargo_pack.ts";
import { uploadCrate } from "./cargo_upload.ts";
import type { Client } from "./client.ts";
import { uploadEnvironment } from "./environment.ts";
import { programVersion, tooOld } from "./version.ts";

/** Packs and uploads crates. */
export const cargo: Client = {
  name: "cargo",
  kind: "crates",
  program: "cargo",
  version: (session) =>
    programVersion("cargo", { ...uploadEnvironment(session, null), ...cargoHomes(session) }),
  unfit: (version) =>
    tooOld("cargo", version, "1.74.0", "Before 1.74 cargo asks no other program for its credential."),
  prepare: byWorkspace,
  pack: packCrates,
  upload: uploadCrate,
};
