import { privateDirectory } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import type { Client, UploadJob, UploadOutcome } from "./client.ts";
import { uploadEnvironment } from "./environment.ts";
import { HOUR } from "./packed.ts";
import { packPython } from "./python_pack.ts";
import { pythonOutcome } from "./python_outcome.ts";
import { stageFiles } from "./staged.ts";
import { programVersion, tooOld } from "./version.ts";

/** Uploads Python packages with uv. */
export const uv: Client = {
  name: "uv",
  kind: "pypi",
  program: "uv",
  version: (session) => programVersion("uv", uploadEnvironment(session, null)),
  unfit: (version) =>
    tooOld("uv", version, "0.5.0", "Older ones know no way to keep them from looking for a credential."),
  pack: packPython,
  upload,
};

async function upload(session: Session, job: UploadJob): Promise<UploadOutcome> {
  const directory = await privateDirectory("uv");
  try {
    const files = await stageFiles(job, directory.path);
    const username = job.registry.auth?.username;
    const outcome = await run({
      program: "uv",
      args: [
        "publish",
        "--no-config",
        "--trusted-publishing",
        "never",
        "--keyring-provider",
        "disabled",
        "--no-progress",
        "--no-python-downloads",
        ...files,
      ],
      cwd: directory.path,
      env: {
        ...uploadEnvironment(session, directory.path),
        UV_PUBLISH_URL: job.registry.endpoints.upload,
        ...username ? { UV_PUBLISH_USERNAME: username } : {},
        UV_NO_CACHE: "1",
        NO_COLOR: "1",
        ...job.extraEnv,
      },
      // A user name beside a token is an error, and a token is a password for everyone but PyPI's `__token__`.
      secrets: { [username ? "UV_PUBLISH_PASSWORD" : "UV_PUBLISH_TOKEN"]: await job.credential.token() },
      timeout: HOUR,
      onLine: job.onLine,
    });
    return pythonOutcome(job, { client: "uv", answer: uvAnswer, cut: CUT }, outcome);
  } finally {
    await directory.remove();
  }
}

const CUT = /error sending request|Failed to send POST request|operation timed out/;

/** `Server returned status code 403 Forbidden. Server says: words`; older ones begin otherwise. */
function uvAnswer(output: string): { readonly status: number; readonly words: string } | null {
  const [, status, words] = /status code (\d{3})[^.\n]*\. Server says: ([\s\S]*)/.exec(output) ?? [];
  return status === undefined
    ? null
    : { status: Number(status), words: words!.trim().replace(/^\d{3} /, "") };
}
