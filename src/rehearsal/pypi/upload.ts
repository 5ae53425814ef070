import { valid } from "@renovatebot/pep440";
import type { Answer } from "../../host/http1.ts";
import type { Credential } from "../credentials.ts";
import { digest, type Incoming, Refused, type Route } from "../server.ts";
import { filesOfVersion, type StoredFile } from "./shelf.ts";
import type { PypiSite } from "./site.ts";

const HELP = "https://pypi.org/help/";

/** The legacy upload API. */
export function uploadRoutes(site: PypiSite): Route[] {
  return [{ method: "POST", path: /^\/legacy\/$/, answer: (request) => upload(site, request) }];
}

/** The fields of an upload that are read here. */
interface Upload {
  readonly name: string;
  readonly version: string;
  readonly file: StoredFile;
  readonly declaredSha256: string | null;
  readonly action: string | null;
  readonly pyversion: string | null;
  readonly filetype: string | null;
}

async function upload(site: PypiSite, request: Incoming): Promise<Answer> {
  const sent = await parse(site, request);
  const event = {
    what: "upload" as const,
    registry: site.name,
    package: sent.name,
    version: sent.version,
    file: sent.file.name,
    sha256: sent.file.sha256,
    size: sent.file.bytes.length,
  };
  let holder: Credential<unknown> | null = null;
  try {
    holder = credentialOf(site, request);
    store(site, holder, sent);
    holder.life.usedFor.push(sent.file.name);
    site.stage.recorder.record({ ...event, status: 200, said: null, token: holder.life.id });
    return { status: 200, reason: "OK" };
  } catch (error) {
    if (error instanceof Refused) {
      const { status, message: said } = error;
      site.stage.recorder.record({ ...event, status, said, token: holder?.life.id ?? null });
    }
    throw error;
  }
}

async function parse(site: PypiSite, request: Incoming): Promise<Upload> {
  const form = await new Response(request.body, {
    headers: { "content-type": request.headers.get("content-type") ?? "" },
  }).formData().catch(() => {
    throw new Refused(400, "Upload payload does not have a file.");
  });
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : null;
  };
  const content = form.get("content");
  if (!(content instanceof File)) throw new Refused(400, "Upload payload does not have a file.");
  const bytes = new Uint8Array(await content.arrayBuffer());
  const version = text("version") ?? "";
  const otherDigests = { md5: text("md5_digest"), blake2b_256: text("blake2_256_digest") };
  return {
    name: text("name") ?? "",
    version,
    declaredSha256: text("sha256_digest"),
    action: text(":action"),
    pyversion: text("pyversion"),
    filetype: text("filetype"),
    file: {
      name: content.name,
      version,
      bytes,
      sha256: await digest("SHA-256", bytes),
      otherDigests: Object.fromEntries(Object.entries(otherDigests).flatMap(([k, v]) => v ? [[k, v]] : [])),
      type: text("filetype") === "sdist" ? "sdist" : "bdist_wheel",
      requiresPython: text("requires_python"),
      yanked: false,
      uploadedAt: site.stage.clock.now(),
    },
  };
}

function credentialOf(site: PypiSite, request: Incoming): Credential<unknown> {
  const { user, password } = authorization(request.headers.get("authorization"));
  if (user !== "__token__" && user !== null) {
    throw new Refused(
      403,
      "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers " +
        `instead. See ${HELP}#apitoken and ${HELP}#trusted-publishers`,
    );
  }
  const held = site.credentials.find(password);
  if (!held || held.life.burnedAt !== null) {
    throw new Refused(
      403,
      `Invalid or non-existent authentication information. See ${HELP}#invalid-auth for more information.`,
    );
  }
  if (!site.credentials.findLive(password)) throw new Refused(403, "Invalid API Token: token is expired");
  return held;
}

function authorization(header: string | null): { user: string | null; password: string } {
  const [, scheme, value] = /^(\w+)\s+(\S+)$/.exec(header ?? "") ?? [];
  if (!scheme || !value) return { user: null, password: "" };
  if (!/^basic$/i.test(scheme)) return { user: null, password: value };
  try {
    const [user, ...rest] = atob(value).split(":");
    return { user: user!, password: rest.join(":") };
  } catch {
    return { user: null, password: "" };
  }
}

function store(site: PypiSite, holder: Credential<unknown>, sent: Upload): void {
  refuseMetadata(sent);
  const known = site.shelf.find(sent.name);
  const allowed = holder.life.packages;
  const mayPublish = known
    ? allowed === null || allowed.some((name) => site.shelf.find(name) === known)
    : allowed === null;
  if (!mayPublish) throw holder.grant ? newProject() : outOfScope(sent.name);
  const project = known ?? site.shelf.create(sent.name);

  const same = project.files.find((file) => file.name === sent.file.name);
  if (same) {
    if (same.sha256 === sent.file.sha256) return;
    const hash = sent.file.otherDigests["blake2b_256"] ?? "";
    throw new Refused(
      400,
      `File already exists ('${sent.file.name}', with blake2_256 hash '${hash}'). ` +
        `See ${HELP}#file-name-reuse for more information.`,
    );
  }
  if (project.removed.has(sent.file.name)) {
    throw new Refused(
      400,
      `This filename has already been used, use a different version. See ${HELP}#file-name-reuse for more information.`,
    );
  }
  if (
    sent.file.type === "sdist" && filesOfVersion(project, sent.version).some((file) => file.type === "sdist")
  ) {
    throw new Refused(400, "Only one sdist may be uploaded per release.");
  }
  project.files.push(sent.file);
}

function refuseMetadata(sent: Upload): void {
  if (sent.action !== "file_upload") throw new Refused(400, "Invalid value for ':action'.");
  if (!/^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(sent.name)) {
    throw new Refused(400, `'${sent.name}' is an invalid value for Name.`);
  }
  if (!valid(sent.version)) throw new Refused(400, `'${sent.version}' is an invalid value for Version.`);
  if (sent.filetype !== "sdist" && sent.filetype !== "bdist_wheel") {
    throw new Refused(400, "Invalid value for filetype. Error: Use a known file type.");
  }
  if (sent.filetype === "sdist" && sent.pyversion !== "source") {
    throw new Refused(400, "Use 'source' as Python version for an sdist.");
  }
  if (sent.declaredSha256 !== null && sent.declaredSha256 !== sent.file.sha256) {
    throw new Refused(400, "The digest supplied does not match a digest calculated from the uploaded file.");
  }
}

function newProject(): Refused {
  return new Refused(
    400,
    "Non-user identities cannot create new projects. This was probably caused by successfully using a pending " +
      "publisher but specifying the project name incorrectly (either in the publisher or in your project's " +
      "metadata). Please ensure that both match. " +
      "See: https://docs.pypi.org/trusted-publishers/troubleshooting/",
  );
}

function outOfScope(name: string): Refused {
  return new Refused(403, `Invalid API Token: project-scoped token is not valid for project: '${name}'`);
}
