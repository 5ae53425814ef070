import { privateDirectory, readBytes } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import type { Problem } from "../../problem.ts";
import type { UploadJob, UploadOutcome } from "./client.ts";
import { type Environment, uploadEnvironment } from "./environment.ts";
import { npmOutcome } from "./npm_outcome.ts";
import { emptyNpmSettings } from "./npm_settings.ts";
import { steering } from "./npm_steering.ts";
import { tagFor } from "./npm_tag.ts";
import { HOUR } from "./packed.ts";
import { clientFailed, label, title } from "./refusal.ts";
import { stageFiles } from "./staged.ts";

/** Uploads one tarball. What matters stands on the command line, because `publishConfig` in the tarball overrides all else. */
export async function uploadTarball(session: Session, job: UploadJob): Promise<UploadOutcome> {
  const directory = await privateDirectory("npm");
  try {
    const [tarball] = await stageFiles(job, directory.path);
    const keys = await steering((await readBytes(tarball!))!, job.registry);
    if (keys === null) {
      return { status: "refused", problem: clientFailed(job, "npm", UNCLEAR) };
    }
    if (keys.length > 0) return { status: "refused", problem: steered(job, keys) };

    const outcome = await run({
      program: "npm",
      args: [
        "publish",
        tarball!,
        ...connection(job),
        // One word: a tag that begins with a dash would be an option.
        `--tag=${tagFor(job.version, job.package.tag)}`,
        ...access(job),
        "--ignore-scripts",
        `--provenance=${job.provenance !== null}`,
        // A directory above could make this one a member of its workspace, and its settings then count.
        `--prefix=${directory.path}`,
        `--cache=${directory.path}/cache`,
        // A second attempt by npm itself would hide what became of the first.
        "--fetch-retries=0",
        "--json",
      ],
      cwd: directory.path,
      env: {
        ...uploadEnvironment(session, null),
        ...await emptyNpmSettings(directory.path),
        ...provenanceVariables(job),
        ...job.extraEnv,
      },
      secrets: {
        // From the environment this beats a project's settings; from a user's file it would not.
        [`npm_config_${credentialKey(job.registry.endpoints.upload)}`]: await job.credential.token(),
        ...job.provenance ? { SIGSTORE_ID_TOKEN: job.provenance.token } : {},
      },
      timeout: HOUR,
      onLine: job.onLine,
    });
    return npmOutcome(job, outcome);
  } finally {
    await directory.remove();
  }
}

/** Only where the package is new: on one that exists the option changes who may see it. */
function access(job: UploadJob): string[] {
  return job.first ? [`--access=${job.package.access ?? "public"}`] : [];
}

/**
 * Where the upload goes, and by what that is trusted. Proxies and authorities are those of the environment: naming none here leaves it
 * to decide, keeps `publishConfig` from doing so, and shows no proxy's password to the other users of the machine.
 */
function connection(job: UploadJob): string[] {
  const address = job.registry.endpoints.upload;
  const scope = /^@[^/]+/.exec(job.package.name)?.[0];
  return [
    `--registry=${address}`,
    ...scope === undefined ? [] : [`--${scope}:registry=${address}`],
    "--proxy=null",
    "--https-proxy=null",
    "--noproxy=",
    "--strict-ssl=true",
    "--cafile=null",
  ];
}

const UNCLEAR =
  "The tarball cannot be read, or it holds no package.json, or something that could be taken for another one.";

/**
 * For provenance npm must believe that it runs in a CI that can sign. With the variable that names where tokens are requested, and
 * without the one that allows it, npm signs with the token given and leaves ours alone.
 */
function provenanceVariables(job: UploadJob): Environment {
  if (!job.provenance) return {};
  return { ...job.provenance.variables, ACTIONS_ID_TOKEN_REQUEST_URL: "given-by-keyless" };
}

/** `//host:port/path/:_authToken` */
function credentialKey(registry: string): string {
  const url = new URL(registry);
  return `//${url.host}${url.pathname.replace(/\/?$/, "/")}:_authToken`;
}

function steered(job: UploadJob, keys: readonly string[]): Problem {
  return {
    code: "publish-config-conflict",
    message: `publishConfig of ${title(job)} says where to upload, and it is not ${label(job)} alone`,
    why: [
      `It sets ${keys.join(", ")}; npm obeys that before anything else.`,
      "Nothing was uploaded, and no token was handed out for it.",
    ],
    next: [
      `remove ${keys.join(", ")} from publishConfig in ${job.package.manifest}`,
      `or publish to the registry that it names: registry = "NAME" and a [registry.NAME] in keyless.toml`,
    ],
  };
}
