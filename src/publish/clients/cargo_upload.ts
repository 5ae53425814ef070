import { LINK_VARIABLE } from "../../credentials/cargo_provider.ts";
import { openLink } from "../../credentials/provider_link.ts";
import { providerProgram } from "../../credentials/shim.ts";
import { readMember } from "../../formats/tarball.ts";
import { given } from "../../host/env.ts";
import { makeDirectory, privateDirectory, readBytes, remove, writeAtomic } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import { cargoName, indexVariable, providerVariable } from "./cargo_names.ts";
import { declaredIndexes } from "./cargo_registries.ts";
import { cargoOutcome } from "./cargo_outcome.ts";
import { locked, parent, workspaceRoot } from "./cargo_workspace.ts";
import type { UploadJob, UploadOutcome } from "./client.ts";
import { type Environment, uploadEnvironment } from "./environment.ts";
import { stageFiles } from "./staged.ts";
import { cargoHomes, pinnedToolchain } from "./toolchain.ts";
import { TOP } from "./version.ts";

/** Our name for the credential provider; unusual, because a user's alias of the same name could not be overridden. */
const ALIAS = "keyless-upload";

/**
 * Uploads one crate: a failed run of several cannot be repeated, and cargo 1.96 loses count of several. Cargo packs it once more, and
 * gets the token only when the bytes are the same. @throws {KeylessError} why there is no token
 */
export async function uploadCrate(session: Session, job: UploadJob): Promise<UploadOutcome> {
  const directory = await privateDirectory("cargo");
  try {
    return await uploadFrom(session, job, directory.path);
  } finally {
    await directory.remove();
  }
}

async function uploadFrom(session: Session, job: UploadJob, directory: string): Promise<UploadOutcome> {
  const [crate] = await stageFiles(job, directory);
  const manifest = `${job.worktree}/${job.package.manifest}`;
  const tree = job.worktree ?? parent(manifest);
  const name = cargoName(job.registry);
  const base: Environment = {
    ...uploadEnvironment(session, directory),
    ...cargoHomes(session),
    ...await pinnedToolchain(session, parent(manifest), tree),
    CARGO_TERM_COLOR: "never",
    ...await declaredIndexes(session, manifest, tree),
    ...indexVariable(job.registry),
    // Cargo asks a compiler for its version even without building; the machine's settings could name one of their own.
    RUSTC: "rustc",
    RUSTC_WRAPPER: "",
    RUSTC_WORKSPACE_WRAPPER: "",
  };
  const root = await workspaceRoot(manifest, base, TOP) ?? manifest;
  const lock = await sameLock(root, crate!, directory, job);
  const link = openLink({
    name: job.package.name,
    version: job.version,
    sha256: job.files[0]!.sha256,
    registry: job.registry,
    token: () => job.credential.token(),
    expiresAt: () => job.credential.expiresAt(),
  });
  try {
    const provider = await providerProgram(directory, given(session.env, "HOME") ?? directory);
    const outcome = await run({
      program: "cargo",
      args: [
        "publish",
        "--no-verify",
        "--registry",
        name,
        "--manifest-path",
        manifest,
        "--target-dir",
        `${directory}/target`,
        // The setting itself would be cut at blanks; JSON's text is TOML's.
        "--config",
        `credential-alias.${ALIAS}=[${JSON.stringify(provider)}]`,
        ...lock.flags,
      ],
      cwd: TOP,
      env: {
        ...base,
        [providerVariable(job.registry)]: ALIAS,
        ...job.extraEnv,
      },
      secrets: { [LINK_VARIABLE]: link.address },
      onLine: job.onLine,
    });
    const withheld = link.refusal();
    if (withheld && withheld.problem.code !== "packed-bytes-changed") throw withheld;
    return withheld ? { status: "refused", problem: withheld.problem } : cargoOutcome(job, outcome);
  } finally {
    await link.close();
    await lock.restore();
  }
}

/**
 * The dependencies that were packed. Without a committed lock file cargo resolves anew, and a release of any dependency since then
 * would change the bytes: so the `.crate`'s own lock file is put in place for the upload.
 */
async function sameLock(root: string, crate: string, home: string, job: UploadJob) {
  const flags = await locked(root);
  const path = `${parent(root)}/Cargo.lock`;
  const archive = flags.length === 0 ? await readBytes(crate) : null;
  const text = archive && await readMember(archive, `${job.package.name}-${job.version}/Cargo.lock`);
  if (!text) return { flags, restore: () => Promise.resolve() };
  await writeAtomic(path, text);
  // Cargo would take it for an uncommitted change; its git looks for what to ignore in the private home.
  await makeDirectory(`${home}/.config/git`);
  await writeAtomic(`${home}/.config/git/ignore`, "Cargo.lock\n");
  return { flags, restore: () => remove(path) };
}
