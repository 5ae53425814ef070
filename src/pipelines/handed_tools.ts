import type { Surroundings } from "./credentials.ts";
import { isUploadVariable, textHandsUpload } from "./hints.ts";
import type { Invocation } from "./commands.ts";
import { INTERPRETERS, OTHERS, SAYERS, TASK_RUNNERS } from "./programs.ts";
import { commandsOfProgram } from "./publishers.ts";

/** Programs that everybody has, or that test and build, and upload nothing. */
const ORDINARY =
  /^(?:[:.]|sleep|exit|return|true|false|shift|unset|source|eval|find|tar|zip|unzip|gzip|gunzip|chmod|chown|ln|date|basename|dirname|realpath|readlink|head|tail|sort|uniq|cut|tr|wc|base64|gpg|openssl|ssh|ssh-add|ssh-keygen|scp|rsync|install|printenv|pwd|diff|cmp|md5sum|sha\d+sum|shasum|seq|expr|let|uname|whoami|id|kill|wait|ps|du|df|stat|file|(?:ba|z|da|k)?sh|pwsh|powershell|cmd|pytest|coverage|mypy|ruff|black|flake8|pylint|isort|pre-commit|rustup|rustc|go|javac?|jar|gcc|cc|cmake|ninja|meson|g?make|just|podman|kubectl|op|vault|keyring|security|conda|mamba|micromamba|anaconda)$/i;
/** What is written down is for a later step. */
const STORES =
  /\.pypirc|\.npmrc|\.netrc|auth\.toml|gem\/credentials|credentials\.toml|settings\.xml|gradle\.properties|GITHUB_(?:ENV|OUTPUT)/;
/** What goes with a token, and is none. */
const NO_TOKEN = /user|login|mail|url|host/i;

/** Whether a step is handed the credential of a registry from which nobody has to read with one, as far as names tell. */
export function isHanded(text: string, { env }: Pick<Surroundings, "env">): boolean {
  return text.includes("secrets.") && textHandsUpload(text) ||
    [...env].some(([name, { value, scope }]) =>
      scope === "step" && !NO_TOKEN.test(`${name} ${value}`) && isUploadVariable(name, value)
    );
}

/** The one that gets it: a program that nobody knows here, in a script that has none which would use it and does not store it. */
export function unknownTool(text: string, commands: readonly Invocation[]): Invocation | null {
  if (STORES.test(text)) return null;
  const programs = commands.filter(({ last, program }) => last && !SAYERS.test(program));
  const known = programs.some(({ program }) =>
    commandsOfProgram(program).length > 0 || OTHERS.test(program) || TASK_RUNNERS.test(program)
  );
  return known ? null : programs.find(isTool) ?? null;
}

/** Whether a program is no file or script of the repository, whose text says what it does, and none that everybody knows. */
function isTool({ program, written, args, module, script }: Invocation): boolean {
  return script === null && /^[A-Za-z][\w-]*$/.test(program) &&
    (module || !/[/$`\ue000]|\.\w+$/.test(written)) &&
    !ORDINARY.test(program) && !INTERPRETERS.test(program) &&
    !args.some((word) => /^--?(?:help|version|dry-?run|check)$/.test(word));
}
