import { makeDirectory, readBytes, writeAtomic } from "../../host/files.ts";
import { KeylessError } from "../../problem.ts";
import { digest } from "../digests.ts";
import type { UploadJob } from "./client.ts";

/**
 * Copies of the packed files, checked against their digests: what is uploaded is what was packed, also when the originals change
 * meanwhile. They lie in a folder of their own below a private directory, where no client looks for settings. @throws {KeylessError} `packed-bytes-changed`
 */
export async function stageFiles(job: UploadJob, directory: string): Promise<string[]> {
  const paths: string[] = [];
  await makeDirectory(`${directory}/files`, 0o700);
  for (const file of job.files) {
    const bytes = await readBytes(file.path);
    if (bytes === null || (await digest(bytes)).sha512 !== file.sha512) {
      throw changed(job, file.name, bytes === null);
    }
    const path = `${directory}/files/${file.name}`;
    await writeAtomic(path, bytes, { mode: 0o600 });
    paths.push(path);
  }
  return paths;
}

function changed(job: UploadJob, name: string, absent: boolean): KeylessError {
  return new KeylessError({
    code: "packed-bytes-changed",
    message: `${name} of ${job.package.name} ${absent ? "is gone" : "is not the file that was packed"}`,
    why: ["Nothing was uploaded, and no token was handed out for it."],
    next: ["pack again; do not change files between pack and publish"],
  });
}
