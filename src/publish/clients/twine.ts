import { privateDirectory, writeAtomic } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import { given } from "../../host/env.ts";
import type { Session } from "../../host/session.ts";
import type { Client, UploadJob, UploadOutcome } from "./client.ts";
import { type Environment, uploadEnvironment } from "./environment.ts";
import { HOUR } from "./packed.ts";
import { packPython } from "./python_pack.ts";
import { pythonOutcome } from "./python_outcome.ts";
import { stageFiles } from "./staged.ts";
import { programVersion, tooOld } from "./version.ts";
import { twineAnswer } from "./twine_answer.ts";

/** Uploads Python packages with twine. */
export const twine: Client = {
  name: "twine",
  kind: "pypi",
  program: "twine",
  version: (session) =>
    programVersion("twine", { ...uploadEnvironment(session, null), ...userSite(session) }),
  unfit: (version) =>
    tooOld("twine", version, "6.1.0", "Older ones cannot read the metadata that today's build tools write."),
  pack: packPython,
  upload,
};

async function upload(session: Session, job: UploadJob): Promise<UploadOutcome> {
  const directory = await privateDirectory("twine");
  try {
    const files = await stageFiles(job, directory.path);
    const empty = `${directory.path}/empty`;
    await writeAtomic(empty, "");
    const outcome = await run({
      program: "twine",
      args: [
        "upload",
        "--non-interactive",
        "--disable-progress-bar",
        "--verbose",
        "--config-file",
        empty,
        ...files,
      ],
      cwd: directory.path,
      env: {
        ...uploadEnvironment(session, directory.path),
        ...userSite(session),
        NETRC: empty,
        TWINE_REPOSITORY_URL: job.registry.endpoints.upload,
        TWINE_USERNAME: job.registry.auth?.username ?? "__token__",
        TWINE_NON_INTERACTIVE: "1",
        // Its lines are cut and padded to the width, and what the registry says is one line.
        COLUMNS: "10000",
        PYTHONIOENCODING: "utf-8",
        ...job.extraEnv,
      },
      secrets: { TWINE_PASSWORD: await job.credential.token() },
      timeout: HOUR,
      onLine: (line) => job.onLine(line.trimEnd()),
    });
    return pythonOutcome(job, { client: "twine", answer: twineAnswer, cut: CUT }, outcome);
  } finally {
    await directory.remove();
  }
}

const CUT = /ConnectionError|ReadTimeout|ConnectionResetError|RemoteDisconnected|ProtocolError/;

/** Twine may be installed for the user alone, and is then found through a home that it is not given. */
function userSite(session: Session): Environment {
  const home = given(session.env, "HOME");
  const base = given(session.env, "PYTHONUSERBASE") ?? (home && `${home}/.local`);
  return base ? { PYTHONUSERBASE: base } : {};
}
