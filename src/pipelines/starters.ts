import { ownTable } from "../formats/own_table.ts";

/** What a program that starts another one expects before that one's name. */
export interface Starter {
  /** Its own words that mean "start"; none when it always does. */
  readonly verbs?: readonly string[];
  /** Its options that take a value. */
  readonly valued?: readonly string[];
  /** How many of its own words stand before the program. */
  readonly skip?: number;
  /** Whether the program stands behind `--`, or else behind its own words. */
  readonly dashes?: boolean;
  /** The option that takes a whole command line. */
  readonly line?: readonly string[];
  /** Whether what stands behind the program that it starts is that one's alone, whatever it is called. */
  readonly ends?: boolean;
  /** The option that names the directory to work in. */
  readonly directory?: readonly string[];
  /** Verbs of its own with which it works where it is started all the same. */
  readonly stays?: readonly string[];
  /** Options and words with which it works in directories that nobody can name from here. */
  readonly elsewhere?: readonly string[];
  /** Runs scripts of a `package.json`: words that are commands of its own, all others are scripts or programs. */
  readonly own?: readonly string[];
}

const PACKAGE_RUNNER: Starter = {
  valued: ["-p", "--package", "--from", "--with", "--python", "--spec", "--index-url", "-C", "--dir"],
  line: ["-c", "--call"],
};
const PYTHON_RUNNER: Starter = {
  verbs: ["run"],
  valued: [
    "--with",
    "--from",
    "--python",
    "-p",
    "--group",
    "--only-group",
    "--extra",
    "--directory",
    "--project",
    "--env",
    "--env-file",
    "-e",
    "--spec",
    "-C",
    "--index",
    "-n",
    "--name",
  ],
  ends: true,
  directory: ["--directory", "-C"],
};
const SECRETS_RUNNER: Starter = { verbs: ["run", "exec"], dashes: true };

/** Programs that start the program which their arguments name. */
export const STARTERS = ownTable<Starter>({
  sudo: { valued: ["-u", "-g", "--user", "--group"] },
  doas: { valued: ["-u"] },
  gosu: { skip: 1 },
  env: { valued: ["-u", "--unset", "-C", "--chdir"], ends: true, directory: ["-C", "--chdir"] },
  command: {},
  builtin: {},
  exec: { valued: ["-a"] },
  call: {},
  nohup: {},
  setsid: {},
  time: {},
  chronic: {},
  unbuffer: {},
  stdbuf: { valued: ["-i", "-o", "-e"] },
  nice: { valued: ["-n"] },
  timeout: { valued: ["-s", "-k", "--signal", "--kill-after"], skip: 1 },
  gtimeout: { valued: ["-s", "-k", "--signal", "--kill-after"], skip: 1 },
  retry: { valued: ["-t", "-d", "--times", "--delay", "-s", "--sleep", "-r"] },
  "xvfb-run": { valued: ["-s", "--server-args", "-n"] },
  xargs: {
    valued: ["-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--delimiter"],
  },
  parallel: { valued: ["-j", "--jobs", "-I", "--colsep", "--retries", "--delay"] },
  corepack: {},
  npx: PACKAGE_RUNNER,
  pnpx: PACKAGE_RUNNER,
  bunx: PACKAGE_RUNNER,
  vpx: PACKAGE_RUNNER,
  uvx: PACKAGE_RUNNER,
  dotenv: { valued: ["-e", "-c", "-v", "-f"] },
  "dotenv-cli": { valued: ["-e", "-c", "-v"] },
  "cross-env": {},
  op: SECRETS_RUNNER,
  doppler: SECRETS_RUNNER,
  infisical: SECRETS_RUNNER,
  chamber: SECRETS_RUNNER,
  "aws-vault": SECRETS_RUNNER,
  teller: SECRETS_RUNNER,
  summon: { valued: ["-p", "--provider", "-e", "--environment", "-f", "-D", "--yaml", "-i", "--ignore"] },
  mise: { verbs: ["exec", "x"], dashes: true },
  direnv: { verbs: ["exec"], skip: 1 },
  asdf: { verbs: ["exec"] },
  volta: { verbs: ["run"], valued: ["--node", "--npm", "--yarn", "--pnpm"] },
  fvm: {},
  nvm: { verbs: ["exec", "run"], skip: 1 },
  fnm: { verbs: ["exec"], valued: ["--using"] },
  pixi: PYTHON_RUNNER,
  conda: PYTHON_RUNNER,
  mamba: PYTHON_RUNNER,
  micromamba: PYTHON_RUNNER,
  bundle: { verbs: ["exec"], valued: ["--gemfile"] },
  nix: { verbs: ["develop", "shell", "run"], line: ["-c", "--command"] },
  "nix-shell": { line: ["--run", "--command"] },
  su: { line: ["-c", "--command"] },
  script: { line: ["-c", "--command"] },
  lerna: { verbs: ["exec"], dashes: true, elsewhere: ["exec"] },
  npm: {
    verbs: ["exec", "x"],
    valued: ["-p", "--package", "-w", "--workspace", "--prefix", "-C"],
    line: ["-c", "--call"],
    directory: ["--prefix", "-C"],
    // What is published is a word behind the verb, and `.` where there is none.
    stays: ["publish", "stage"],
    elsewhere: ["-w", "--workspace", "--workspaces", "-ws"],
  },
  pnpm: {
    verbs: ["exec", "dlx"],
    valued: [
      "--filter",
      "-F",
      "--filter-prod",
      "-C",
      "--dir",
      "--package",
      "--workspace-concurrency",
      "--reporter",
    ],
    directory: ["-C", "--dir"],
    elsewhere: ["-r", "--recursive", "--filter", "-F", "--filter-prod", "recursive", "multi", "m"],
    own:
      ("add audit approve-builds bin cache config create dedupe deploy dist-tag env fetch i import info init install " +
        "install-test it licenses link list ln login logout ls outdated pack patch patch-commit prune publish rb rebuild " +
        "remove rm root self-update server setup stage store un uninstall unlink up update upgrade view whoami why")
        .split(" "),
  },
  yarn: {
    verbs: ["exec", "dlx"],
    valued: ["--cwd", "-p", "--package"],
    directory: ["--cwd"],
    elsewhere: ["workspace", "workspaces"],
    own:
      ("add audit autoclean bin cache check config constraints create dedupe explain generate-lock-entry global help " +
        "import info init install licenses link list login logout node npm outdated owner pack patch patch-commit plugin " +
        "policies publish rebuild remove search set stage tag team unlink unplug up upgrade upgrade-interactive version " +
        "versions why").split(" "),
  },
  bun: {
    verbs: ["x"],
    valued: ["--cwd", "--filter"],
    directory: ["--cwd"],
    elsewhere: ["--filter", "--workspaces"],
    own:
      ("a add audit build c create exec i info init install link outdated patch pm publish remove repl rm test unlink " +
        "update upgrade why").split(" "),
  },
  vp: {
    verbs: ["exec", "dlx"],
    valued: ["--filter", "-F", "--package"],
    elsewhere: ["-r", "--recursive", "--filter", "-F"],
  },
  uv: PYTHON_RUNNER,
  pipx: PYTHON_RUNNER,
  poetry: PYTHON_RUNNER,
  pipenv: PYTHON_RUNNER,
  pdm: PYTHON_RUNNER,
  hatch: PYTHON_RUNNER,
  rye: PYTHON_RUNNER,
  deno: { verbs: ["run"], valued: ["-c", "--config"] },
});

/** Packages whose program has another name. */
const BY_PACKAGE: Readonly<Record<string, string>> = {
  "@changesets/cli": "changeset",
  "@lerna/cli": "lerna",
  "@lerna-lite/cli": "lerna",
  "@auto-it/cli": "auto",
  "@jsdevtools/npm-publish": "npm-publish",
};

/** Other names that a program goes by. */
const ALIASES: Readonly<Record<string, string>> = { pn: "pnpm", pnx: "pnpx" };

/** `./node_modules/.bin/twine`, `twine@5`, `twine==5.0`, `@changesets/cli`, `npm:keyless`, `https://…/keyless.js` by their short names. */
export function named(word: string): string {
  const scoped = /^(?:npm:|jsr:)?(@[\w.-]+\/[\w.-]+)/.exec(word)?.[1];
  if (scoped !== undefined) return BY_PACKAGE[scoped] ?? scoped.split("/")[1]!;
  // `${PREFIX}twine`: a directory that may be empty.
  const base = word.replace(/^(?:npm:|jsr:|\$\{\w+\}(?=\w))/, "").split(/[/\\]/).at(-1)!;
  const name = base.replace(/(?:@|==|\[).*$/s, "").replace(/\.(?:exe|cmd|bat|js|mjs|cjs|ts)$/, "");
  return Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
}
