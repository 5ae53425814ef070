import type { Client } from "./client.ts";
import { uploadEnvironment } from "./environment.ts";
import { packNpm } from "./npm_pack.ts";
import { uploadTarball } from "./npm_upload.ts";
import { programVersion, tooOld } from "./version.ts";

/** Packs and uploads npm packages. */
export const npm: Client = {
  name: "npm",
  kind: "npm",
  program: "npm",
  version: (session) => programVersion("npm", uploadEnvironment(session, null)),
  // Its own trusted publishing needs 11.5.1, but the exchange is ours; what is left of npm is the upload, with provenance.
  unfit: (version) =>
    tooOld(
      "npm",
      version,
      "11.5.1",
      "Older ones let a package's publishConfig override the command line, and know no trusted publishing.",
    ),
  pack: packNpm,
  upload: uploadTarball,
};
