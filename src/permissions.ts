/**
 * Every host, program and variable that keyless may touch, and why. The flags of the compiled programs, the README's section and the
 * audit of each command's real accesses are made from this table. Pure data, because the start path and the scripts read it.
 *
 * A name that is not here is refused by the default build: whoever adds an access adds a line, in the group of the verbs that need it.
 */

/** What one area of the program needs: names, each with one line on why. */
export interface Group {
  readonly title: string;
  /** Host names as `--allow-net` takes them; `*.` in front means every name below. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Programs, looked up on PATH. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Environment variables; a `*` at the end means every name that begins so. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The groups by name; a verb of src/cli names those that it may touch, and may always touch `terminal` and `network`. */
export const PERMISSIONS = {
  terminal: {
    title: "Terminal",
    variables: {
      NO_COLOR: "no colour",
      FORCE_COLOR: "colour although the output is no terminal",
      TERM: "a dumb terminal gets no colour",
      CI: "a CI log is UTF-8 and is never asked anything",
      LC_ALL: "whether the terminal shows UTF-8",
      LC_CTYPE: "whether the terminal shows UTF-8",
      LANG: "whether the terminal shows UTF-8",
      GITHUB_ACTIONS: "annotations, masks and outputs in GitHub Actions",
      GITHUB_OUTPUT: "where a step of GitHub Actions leaves its outputs",
      GITHUB_STEP_SUMMARY: "where a step of GitHub Actions leaves its summary",
    },
  },
  network: {
    title: "Network settings",
    variables: {
      HTTP_PROXY: "the proxy, handed on to the clients",
      HTTPS_PROXY: "the proxy, handed on to the clients",
      ALL_PROXY: "the proxy, handed on to the clients",
      NO_PROXY: "hosts that are reached without the proxy",
      http_proxy: "the proxy, handed on to the clients",
      https_proxy: "the proxy, handed on to the clients",
      all_proxy: "the proxy, handed on to the clients",
      no_proxy: "hosts that are reached without the proxy",
      DENO_CERT: "extra certificate authorities",
      NODE_EXTRA_CA_CERTS: "extra certificate authorities, handed on to npm",
      SSL_CERT_FILE: "extra certificate authorities, handed on to uv and cargo",
      SSL_CERT_DIR: "extra certificate authorities, handed on to uv and cargo",
      REQUESTS_CA_BUNDLE: "extra certificate authorities, handed on to twine",
      CURL_CA_BUNDLE: "extra certificate authorities, handed on to twine",
      PIP_CERT: "extra certificate authorities, handed on to pip",
      GIT_SSL_CAINFO: "extra certificate authorities, handed on to git",
      CARGO_HTTP_CAINFO: "extra certificate authorities, handed on to cargo",
    },
  },
  paths: {
    title: "Where things are",
    variables: {
      HOME: "where the clients keep their settings",
      USERPROFILE: "the same on Windows",
      APPDATA: "the same on Windows",
      LOCALAPPDATA: "the same on Windows",
      PROGRAMDATA: "where programs keep what all users share, on Windows",
      PROGRAMFILES: "where programs are, on Windows",
      "PROGRAMFILES(X86)": "where programs are, on Windows",
      COMSPEC: "without it no script starts on Windows",
      PATH: "where the clients are found",
      PATHEXT: "what counts as a program on Windows",
      SYSTEMROOT: "without it no program starts on Windows",
      TMPDIR: "where private directories go",
      TEMP: "where private directories go on Windows",
      TMP: "where private directories go on Windows",
    },
  },
  registries: {
    title: "Registries",
    hosts: {
      "crates.io": "API, exchange and trust policies of crates.io",
      "index.crates.io": "which versions are on crates.io",
      "static.crates.io": "the files of crates.io",
      "staging.crates.io": "the same for its staging instance",
      "index.staging.crates.io": "the same for its staging instance",
      "pypi.org": "API, exchange and index of PyPI",
      "upload.pypi.org": "uploads to PyPI",
      "test.pypi.org": "API, exchange, index and uploads of TestPyPI",
      "registry.npmjs.org": "API, exchange and files of npm",
    },
  },
  loopback: {
    title: "This machine",
    hosts: {
      "127.0.0.1": "the registries of a rehearsal, and a client that asks its parent for a credential",
    },
    variables: {
      KEYLESS_CREDENTIAL: "where a client's credential helper finds its parent: a port and a secret word",
    },
  },
  identity: {
    title: "Identity",
    hosts: {
      "*.actions.githubusercontent.com": "OIDC tokens in GitHub Actions",
    },
    variables: {
      ACTIONS_ID_TOKEN_REQUEST_URL: "OIDC tokens in GitHub Actions",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "OIDC tokens in GitHub Actions",
      GITHUB_SERVER_URL: "which GitHub it is",
      GITHUB_REPOSITORY: "what the job is",
      GITHUB_REPOSITORY_ID: "what the job is",
      GITHUB_REPOSITORY_OWNER_ID: "what the job is",
      GITHUB_WORKFLOW_REF: "what the job is",
      GITHUB_JOB: "what the job is",
      GITHUB_REF: "what the job is",
      GITHUB_SHA: "what the job is",
      GITHUB_ACTOR: "what the job is",
      GITHUB_EVENT_NAME: "what the job is",
      GITHUB_EVENT_PATH: "what the job is",
      GITHUB_RUN_ID: "what the job is",
      GITHUB_RUN_ATTEMPT: "what the job is",
      RUNNER_ENVIRONMENT: "npm accepts only runners that GitHub hosts",
    },
  },
  clients: {
    title: "Clients",
    programs: {
      cargo: "packs and uploads crates",
      rustup: "which cargo is used, by name",
      npm: "packs and uploads npm packages",
      twine: "checks and uploads Python packages",
      uv: "builds and uploads Python packages",
      python3: "builds Python packages",
      python: "the same on Windows",
      kill: "ends what a client has started, on a time-out or a signal",
      taskkill: "the same on Windows",
    },
    variables: {
      CARGO_HOME: "where cargo keeps its settings",
      RUSTUP_HOME: "where rustup keeps its toolchains",
      RUSTUP_TOOLCHAIN: "which cargo is used, whatever the repository says",
      SOURCE_DATE_EPOCH: "the same bytes when a package is built again",
      RUSTFLAGS: "how the project is built",
      AR: "how the project is built",
      CC: "how the project is built",
      CFLAGS: "how the project is built",
      CXX: "how the project is built",
      CXXFLAGS: "how the project is built",
      LDFLAGS: "how the project is built",
      MACOSX_DEPLOYMENT_TARGET: "how the project is built",
      PKG_CONFIG_PATH: "how the project is built",
      SDKROOT: "how the project is built",
      PYTHONUSERBASE: "where Python keeps packages of the user",
      UV_CACHE_DIR: "where uv keeps packages",
      PIP_INDEX_URL: "where a build fetches packages",
      PIP_EXTRA_INDEX_URL: "where a build fetches packages",
      PIP_FIND_LINKS: "where a build fetches packages",
      UV_DEFAULT_INDEX: "where a build fetches packages",
      UV_INDEX_URL: "where a build fetches packages",
    },
  },
  git: {
    title: "git",
    programs: {
      git: "the commit that is published, its files and its state",
    },
  },
  credentials: {
    title: "Long-lived credentials",
    variables: {
      CARGO_REGISTRY_TOKEN: "crates.io",
      "CARGO_REGISTRIES_*": "registries that cargo knows by name",
      PYPI_API_TOKEN: "PyPI",
      TESTPYPI_API_TOKEN: "TestPyPI",
      TWINE_PASSWORD: "PyPI, as twine names it",
      UV_PUBLISH_TOKEN: "PyPI, as uv names it",
      NPM_TOKEN: "npm",
      NODE_AUTH_TOKEN: "npm, as actions/setup-node names it",
      CRATES_IO_DOCTOR_TOKEN: "a token with which doctor reads trust policies from crates.io",
      STAGING_CRATES_IO_DOCTOR_TOKEN: "the same for its staging instance",
    },
  },
  run: {
    title: "Programs of `keyless run`",
    programs: {
      node: "a script of yours",
      pnpm: "uploads npm packages",
      yarn: "uploads npm packages",
      bun: "uploads npm packages",
      poetry: "uploads Python packages",
      flit: "uploads Python packages",
      hatch: "uploads Python packages",
      pdm: "uploads Python packages",
      maturin: "uploads Python packages",
      "release-plz": "uploads crates",
    },
  },
} as const satisfies Readonly<Record<string, Group>>;

/** Name of a group of {@link PERMISSIONS}. */
export type GroupName = keyof typeof PERMISSIONS;

/** Groups that every command may touch. */
export const ALWAYS: readonly GroupName[] = ["terminal", "network"];

/** Asked for by a parser library while it loads from source, and answered with nothing. */
const IGNORED_VARIABLES = ["LOG_TOKENS", "LOG_STREAM"];

/** The names of one sort in all or some groups, sorted, each once. */
export function names(
  sort: "hosts" | "programs" | "variables",
  groups: readonly GroupName[] = Object.keys(PERMISSIONS) as GroupName[],
): string[] {
  const found = new Set<string>();
  for (const group of groups) {
    for (const name of Object.keys((PERMISSIONS[group] as Group)[sort] ?? {})) found.add(name);
  }
  return [...found].sort();
}

/**
 * The flags that come between `deno run` or `deno compile` and the program.
 *
 * `scoped` is the default build; `open` leaves hosts, programs and variables to the configuration. Files are unscoped in both: home
 * directories are not known when compiling, and a relative path would mean something else in every directory.
 */
export function flags(form: "scoped" | "open", how: "run" | "compile"): string[] {
  const scope = (sort: "hosts" | "programs" | "variables") =>
    form === "open" ? "" : `=${names(sort).join(",")}`;
  return [
    "-q",
    "--no-prompt",
    `--allow-net${scope("hosts")}`,
    `--allow-run${scope("programs")}`,
    `--allow-env${scope("variables")}`,
    "--allow-read",
    "--allow-write",
    ...(how === "run"
      ? [`--ignore-env=${IGNORED_VARIABLES.join(",")}`]
      : ["--deny-import", "--no-config", "--no-check", "--no-code-cache"]),
  ];
}
