import { FAIL_ON } from "./project.ts";
import { foreignClient } from "./clients.ts";
import { literalSecret, literalUserInfo } from "./refs.ts";
import type { Form, Keys, Spec } from "./spec.ts";

const SOMETHING: Form = { pattern: /\S/, says: "something" };

const FILE_NAME: Form = {
  pattern: /^[^/\\]+\.ya?ml$/,
  says: "the name of a workflow file such as release.yml, without its directory",
  mend: (text) => /(?<![^/\\])([^/\\]+\.ya?ml)(?:@[^]*)?$/.exec(text)?.[1] ?? null,
};

const OWNER_REPO: Form = {
  pattern: /^[^/\s:]+\/[^/\s:]+$/,
  says: "OWNER/REPOSITORY",
  mend: (text) => /[/:]([^/\s:]+\/[^/\s:]+?)(?:\.git)?\/?$/.exec(text)?.[1] ?? null,
};

const KIND = {
  type: "text",
  help: "Which protocol the registry speaks",
  required: true,
  instead: ["type", "ecosystem", "language"],
  choices: ["crates", "pypi", "npm"],
} as const satisfies Spec;

const TRUST_POLICY: Keys = {
  workflow: {
    type: "text",
    help: "File name of the workflow that is registered at the registry",
    required: true,
    instead: ["file", "filename", "workflow_filename"],
    form: FILE_NAME,
  },
  environment: { type: "text", help: "Environment that is registered", instead: ["env"], form: SOMETHING },
  repository: {
    type: "text",
    help: "owner/repository that is registered; default: this one",
    instead: ["repo"],
    form: OWNER_REPO,
  },
};

const PACKAGE = {
  name: { type: "text", help: "Name at the registry", required: true, form: SOMETHING },
  kind: KIND,
  path: {
    type: "text",
    help: "Directory of the package, relative to this file",
    required: true,
    instead: ["dir", "directory", "folder", "root"],
    form: SOMETHING,
  },
  paths: {
    type: "texts",
    help: "Globs of what belongs to the package; default: PATH/**",
    instead: ["files", "include"],
  },
  globs: { type: "texts", help: "The same as paths" },
  depends_on: {
    type: "texts",
    help: "Packages that must be published first, beyond what the manifests say",
    instead: ["dependencies", "needs", "after"],
  },
  client: {
    type: "text",
    help: "Program that uploads; default: cargo, twine or npm",
    instead: ["tool", "publisher", "builder"],
    choices: ["cargo", "npm", "twine", "uv"],
    refuse: foreignClient,
  },
  registry: {
    type: "text",
    help: "crates.io, staging.crates.io, pypi, testpypi, npm, or a [registry.NAME]",
    form: SOMETHING,
  },
  trust_policy: {
    type: "table",
    help: "What is registered at the registry for this package",
    keys: TRUST_POLICY,
  },
} as const satisfies Keys;

const REFERENCE = "as a reference such as ${NAME}, never the secret itself";

/** Files, variables and lines of a log are named after a registry. */
const REGISTRY_NAME: Form = {
  pattern: /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  says: "a letter or digit and up to 63 letters, digits, -, _ and single dots",
};

const REGISTRY: Keys = {
  kind: KIND,
  index: {
    type: "text",
    help: "crates: sparse index; pypi: simple index; npm: the registry",
    required: true,
    instead: ["url", "registry"],
    form: SOMETHING,
    refuse: literalUserInfo,
  },
  upload: {
    type: "text",
    help: "pypi: where files are uploaded",
    instead: ["upload_url", "repository"],
    form: SOMETHING,
    refuse: literalUserInfo,
  },
  exchange: {
    type: "text",
    help: "Base address of the OIDC exchange, where there is one",
    form: SOMETHING,
    refuse: literalUserInfo,
  },
  token_for: {
    type: "text",
    help:
      "Where minted tokens are uploaded with, if not at the host of exchange, such as https://upload.example.com",
    form: SOMETHING,
    refuse: literalUserInfo,
  },
  audience: {
    type: "text",
    help: "Audience of the OIDC token; default: the rule of the kind",
    instead: ["aud"],
    form: SOMETHING,
  },
  auth: {
    type: "table",
    help: "How a registry without OIDC exchange wants to be spoken to",
    keys: {
      type: {
        type: "text",
        help: "How the credential is sent",
        required: true,
        choices: ["bearer", "basic", "oidc"],
      },
      token: { type: "text", help: `The token, ${REFERENCE}`, form: SOMETHING, refuse: literalSecret },
      username: {
        type: "text",
        help: "The user name, or a reference to it",
        instead: ["user"],
        form: SOMETHING,
      },
      password: { type: "text", help: `The password, ${REFERENCE}`, form: SOMETHING, refuse: literalSecret },
    },
  },
};

const DOCTOR: Keys = {
  fail_on: {
    type: "text",
    help: "The least severe finding that makes doctor fail",
    choices: FAIL_ON,
    default: "error",
  },
  ignore: {
    type: "tables",
    help: "Findings that are accepted",
    keys: {
      code: {
        type: "text",
        help: "Code of the finding",
        required: true,
        instead: ["rule", "id"],
        form: SOMETHING,
      },
      path: {
        type: "text",
        help: "Only in this file, or in those of a glob such as .github/workflows/*.yml; default: everywhere",
        instead: ["file"],
        form: SOMETHING,
      },
      reason: {
        type: "text",
        help: "Why it is accepted",
        required: true,
        instead: ["why", "comment"],
        form: SOMETHING,
      },
    },
  },
};

const REST: Keys = {
  registry: {
    type: "named",
    help: "A registry beyond the public ones",
    instead: ["registries"],
    names: REGISTRY_NAME,
    keys: REGISTRY,
  },
  doctor: { type: "table", help: "Settings of keyless doctor", keys: DOCTOR },
};

const PACKAGES = {
  type: "tables",
  help: "A package that this repository publishes",
  instead: ["project"],
} as const;

/** `keyless.toml`. */
export const KEYLESS_TOML: Keys = { package: { ...PACKAGES, keys: PACKAGE }, ...REST };

const BUILD = "how packages are built is decided by their manifests";

/** `putitoutthere.toml`: the same shape, and what only that tool knows. */
export const PUTITOUTTHERE_TOML: Keys = {
  putitoutthere: {
    type: "table",
    help: "The version of the format",
    keys: { version: { type: "ignored", help: "Always 1" } },
  },
  package: {
    ...PACKAGES,
    keys: {
      ...PACKAGE,
      crate: { type: "text", help: "Name at crates.io, where it is not `name`", form: SOMETHING },
      pypi: { type: "text", help: "Name at PyPI, where it is not `name`", form: SOMETHING },
      npm: { type: "text", help: "Name at npm, where it is not `name`", form: SOMETHING },
      access: { type: "text", help: "npm: who may see the package", choices: ["public", "restricted"] },
      tag: { type: "text", help: "npm: the distribution tag", form: SOMETHING },
      first_version: ignored("versions are taken from the manifests"),
      tag_format: ignored("keyless reads no tags and makes none"),
      features: ignored(BUILD),
      no_default_features: ignored(BUILD),
      build: ignored(BUILD),
      targets: ignored(BUILD),
      python_versions: ignored(BUILD),
      manylinux: ignored(BUILD),
      bundle_cli: ignored(BUILD),
    },
  },
  ...REST,
};

function ignored(why: string): Spec {
  return { type: "ignored", help: why, why };
}
