import { currentDirectory } from "../../host/directory.ts";
import { plain } from "../../host/redact.ts";
import { run as runProgram } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import type { Secret } from "../../host/secret.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import { buildEnvironment } from "../../publish/clients/environment.ts";
import { cargoVariable } from "../../registries/cargo_variable.ts";
import { mint, release } from "../../registries/mint.ts";
import type { MintedToken } from "../../registries/registry.ts";
import { openSession, text } from "../context.ts";
import { findTarget, requireIdentity } from "../target.ts";
import type { Call } from "../verb.ts";

/** Runs one command with a minted token in its environment, and burns the token afterwards, whatever happens. */
export async function run(call: Call): Promise<ExitCode> {
  const [program, ...args] = call.command;
  if (!program) {
    throw new UsageError({
      code: "command-required",
      message: "There is no command to run",
      next: [`keyless run ${call.arguments[0] ?? "REGISTRY"} -- COMMAND…`],
    });
  }
  const session = openSession(call);
  const target = await findTarget(session, call.arguments[0]!, text(call, "package"));
  const provider = await requireIdentity(session);
  const minted = await mint(session, provider, target.registry, target);
  try {
    const { variables, secrets } = tokenVariables(minted);
    const outcome = await runProgram({
      program,
      args,
      cwd: currentDirectory(),
      env: { ...environment(session), ...variables },
      secrets,
      timeout: 24 * 3600_000,
      onLine: (line, stream) =>
        stream === "stdout" ? call.io.out(line + "\n") : call.io.err(plain(line) + "\n"),
    });
    // The child's own code is passed on, whatever it is.
    return outcome.code as ExitCode;
  } finally {
    await release(session, minted);
  }
}

/** What any client may need to run; no credential, no OIDC variables. */
function environment(session: Session): Record<string, string> {
  return Object.assign(
    {},
    ...(["cargo", "npm", "twine", "uv"] as const).map((client) => buildEnvironment(session, client)),
  );
}

interface TokenVariables {
  readonly variables: Record<string, string>;
  readonly secrets: Record<string, Secret>;
}

/** The names under which the clients of each kind look for a token; one token, for one registry, in one child. */
export function tokenVariables({ token, registry }: Pick<MintedToken, "token" | "registry">): TokenVariables {
  switch (registry.kind) {
    case "crates":
      return { variables: {}, secrets: { [cargoVariable(registry.name, "TOKEN")]: token } };
    case "pypi":
      return {
        variables: {
          TWINE_USERNAME: "__token__",
          TWINE_REPOSITORY_URL: registry.endpoints.upload,
          TWINE_NON_INTERACTIVE: "1",
          UV_PUBLISH_URL: registry.endpoints.upload,
          FLIT_USERNAME: "__token__",
          FLIT_INDEX_URL: registry.endpoints.upload,
          HATCH_INDEX_USER: "__token__",
          HATCH_INDEX_REPO: registry.endpoints.upload,
          MATURIN_REPOSITORY_URL: registry.endpoints.upload,
          PDM_PUBLISH_USERNAME: "__token__",
          PDM_PUBLISH_REPO: registry.endpoints.upload,
          POETRY_KEYRING_ENABLED: "false",
        },
        secrets: {
          TWINE_PASSWORD: token,
          UV_PUBLISH_TOKEN: token,
          FLIT_PASSWORD: token,
          HATCH_INDEX_AUTH: token,
          MATURIN_PYPI_TOKEN: token,
          PDM_PUBLISH_PASSWORD: token,
          ...(registry.name === "pypi" ? { POETRY_PYPI_TOKEN_PYPI: token } : {}),
        },
      };
    case "npm": {
      const { host, pathname } = new URL(registry.endpoints.index);
      return {
        variables: { npm_config_registry: registry.endpoints.index },
        secrets: {
          [`npm_config_//${host}${pathname}:_authToken`]: token,
          NODE_AUTH_TOKEN: token,
          YARN_NPM_AUTH_TOKEN: token,
        },
      };
    }
  }
}
