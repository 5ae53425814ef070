import type { Project } from "../config/project.ts";
import { inside } from "../config/paths.ts";
import type { CargoFile } from "../credentials/files/cargo.ts";
import { type EnvFile, readEnvFile } from "../credentials/files/env_file.ts";
import type { CredentialFile } from "../credentials/files/filed_credential.ts";
import { type Npmrc, readNpmrc } from "../credentials/files/npmrc.ts";
import { readNugetConfig } from "../credentials/files/nuget_config.ts";
import { type Pypirc, readPypirc } from "../credentials/files/pypirc.ts";
import { readUrlPasswords } from "../credentials/files/url_passwords.ts";
import type { Yarnrc } from "../credentials/files/yarnrc.ts";
import { type FoundToken, tokensIn } from "../credentials/tokens.ts";
import { SourceText } from "../formats/positions.ts";
import type { Env } from "../host/env.ts";
import { leadsOutside } from "../host/files.ts";
import { type PlacedProblem, Repository } from "../pipelines/repository.ts";
import type { Location } from "../problem.ts";
import { type Keeping, keepingOf } from "./keeping.ts";
import type { StatedVersion } from "./stated_versions.ts";

/** What the repository carries for the clients of registries. */
export interface Settings {
  readonly npmrc: readonly Npmrc[];
  readonly yarnrc: readonly Yarnrc[];
  readonly pypirc: readonly Pypirc[];
  readonly cargo: readonly CargoFile[];
  readonly env: readonly EnvFile[];
  /** All of these, and those of other clients. */
  readonly files: readonly CredentialFile[];
  /** Tokens that stand anywhere in what was read, CI files and scripts too. */
  readonly tokens: readonly PlacedToken[];
  /** What git does with the files that hold a credential, or say where one is. */
  readonly keeping: ReadonlyMap<string, Keeping>;
  /** Versions of Node and of package managers. */
  readonly versions: readonly StatedVersion[];
  /** Files that could not be read, and why. */
  readonly problems: readonly PlacedProblem[];
  /** The texts of the files that were read here, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** A token, and where it stands. */
export interface PlacedToken extends FoundToken {
  readonly at: Location;
}

/** Files of other tools, in which only tokens are looked for, and what rules ask for by name. */
const SEARCHED =
  /^(?:\.releaserc(?:\.\w+)?|release\.config\.\w+|release-please-config\.json|\.?goreleaser\.ya?ml|\.?release-plz\.toml|lerna\.json|\.release-it\.\w+)$|^(?:GNUm|m|M)akefile$|^\.?[Jj]ustfile$|^Dockerfile$|^gradle\.properties$|^(?:settings|pom)\.xml$|^(?:setup\.cfg|tox\.ini|noxfile\.py)$/;
/** CI files, of vendors too whose pipelines are not read. */
const CI_FILES =
  /^(?:\.gitlab-ci|\.travis|azure-pipelines|bitbucket-pipelines|\.?appveyor|\.drone|\.woodpecker)\.ya?ml$|^Jenkinsfile$|^\.kokoro\/[\w.-]+\.sh$/;
/** Files that say which versions of Node and of package managers are to be used. */
const VERSION_FILES = /^\.(?:nvmrc|node-version|tool-versions)$|^package\.json$/;
/** Shown to others, to be copied and filled in. */
const TEMPLATE = /\.(?:example|sample|template|dist|tpl)$/;

/** Reads the settings in the root and in the directories of the packages. `read` are texts that are known already, by path. */
export async function readSettings(
  env: Env,
  { root, packages }: Project,
  read: ReadonlyMap<string, string>,
  overlay?: ReadonlyMap<string, string>,
): Promise<Settings> {
  const repository = new Repository(root, overlay);
  const found = new Found(repository);
  for (const directory of new Set([".", ...packages.map((pkg) => pkg.path)])) {
    if (directory !== "." && await leadsOutside(root, directory)) continue;
    for (const path of await namesIn(repository, directory)) await found.add(path);
  }
  const texts = new Map([...read, ...repository.sources]);
  const tokens = [...texts].flatMap(([path, text]) => placedTokens(text, path));
  // What looks like a token in the name of a file is kept out of the report too.
  tokensIn([...texts.keys()].join("\n"));
  const holding = found.files.filter(({ credentials }) => credentials.length > 0);
  const keeping = await keepingOf(env, root, [
    ...new Set([...tokens.map(({ at }) => at.path), ...holding.map(({ path }) => path)]),
  ]);
  return { ...found, tokens, keeping, problems: repository.problems, sources: repository.sources };
}

/** Paths of the files that may matter in a directory; what a link leads to beyond the root is nobody's setting here. */
async function namesIn(repository: Repository, directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, isDirectory, isSymlink } of await repository.list(directory)) {
    const path = inside(directory, name);
    if (isSymlink && await leadsOutside(repository.root, path)) continue;
    if (isDirectory && /^\.(?:cargo|circleci|kokoro)$/.test(name)) {
      for (const each of await namesIn(repository, path)) paths.push(each);
    } else paths.push(path);
  }
  return paths;
}

function placedTokens(text: string, path: string): PlacedToken[] {
  const found = tokensIn(text.replace(/^\ufeff/, ""));
  if (found.length === 0) return [];
  const source = new SourceText(text, path);
  return found.map((token) => ({ ...token, at: source.span(token.start, token.end) }));
}

/** The files by their format. */
class Found {
  readonly npmrc: Npmrc[] = [];
  readonly yarnrc: Yarnrc[] = [];
  readonly pypirc: Pypirc[] = [];
  readonly cargo: CargoFile[] = [];
  readonly env: EnvFile[] = [];
  readonly files: CredentialFile[] = [];
  readonly versions: StatedVersion[] = [];
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  async add(path: string): Promise<void> {
    const name = path.split("/").at(-1)!;
    if (name === ".npmrc") await this.#take(path, readNpmrc, this.npmrc);
    else if (name === ".yarnrc.yml") {
      const { readYarnrc } = await import("../credentials/files/yarnrc.ts");
      await this.#take(path, readYarnrc, this.yarnrc);
      await this.#versions(path);
    } else if (name === ".yarnrc") {
      const { readClassicYarnrc } = await import("../credentials/files/yarnrc.ts");
      await this.#take(path, readClassicYarnrc);
    } else if (name === ".pypirc") await this.#take(path, readPypirc, this.pypirc);
    else if (/(?:^|\/)\.cargo\/(?:config|credentials)(?:\.toml)?$/.test(path)) {
      const { readCargo } = await import("../credentials/files/cargo.ts");
      await this.#take(path, readCargo, this.cargo);
    } else if (name === ".envrc" || (/^\.env(?:\.[\w.-]+)?$/.test(name) && !TEMPLATE.test(name))) {
      await this.#take(path, (text) => readEnvFile(text, path, { shell: name === ".envrc" }), this.env);
    } else if (/^nuget\.config$/i.test(name)) await this.#take(path, readNugetConfig);
    else if (name === "uv.toml" || name === "pip.conf") await this.#take(path, readUrlPasswords);
    else if (VERSION_FILES.test(name)) {
      await this.#versions(path);
    } else if (
      SEARCHED.test(name) || CI_FILES.test(path) || path === ".circleci/config.yml" || TEMPLATE.test(name)
    ) {
      await this.#repository.text(path);
    }
  }

  async #versions(path: string): Promise<void> {
    const { statedVersions } = await import("./stated_versions.ts");
    for (const version of statedVersions(await this.#repository.text(path) ?? "", path)) {
      this.versions.push(version);
    }
  }

  /** Reads a file and keeps it, in the list of its format too. */
  async #take<T extends CredentialFile>(
    path: string,
    parse: (text: string, path: string) => T,
    list: T[] = [],
  ): Promise<void> {
    const file = await this.#repository.read(path, (text) => parse(text, path));
    if (!file) return;
    list.push(file);
    this.files.push(file);
  }
}
