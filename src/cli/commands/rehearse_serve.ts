import { interrupted } from "../../host/cleanup.ts";
import type { ExitCode } from "../../problem.ts";
import { cargoVariable } from "../../registries/cargo_variable.ts";
import type { Registry } from "../../registries/registry.ts";
import { jobVariables } from "../../rehearsal/job_variables.ts";
import type { Act } from "../../rehearsal/rehearse.ts";
import type { Registries } from "../../rehearsal/registries.ts";
import { json } from "../io.ts";
import type { Call } from "../verb.ts";

/** Keeps the registries up for other people's scripts, and prints how to use them; ends with Ctrl-C. */
export async function serve(call: Call, acts: readonly Act[], stage: Registries): Promise<ExitCode> {
  const variables = variablesFor(acts[0]!, stage);
  if (call.io.json) {
    const registries = [...stage.registries.values()].map(({ name, kind, endpoints }) => ({
      name,
      kind,
      endpoints,
    }));
    call.io.out(json({ schema: "keyless/rehearse-serve/1", variables, registries }));
  } else {
    call.io.out(
      Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`).join(""),
    );
    for (const { label, endpoints } of stage.registries.values()) {
      call.io.err(
        `${label}: exchange ${endpoints.exchange}, upload ${endpoints.upload}, index ${endpoints.index}\n`,
      );
    }
    call.io.err("The registries are up, with your declared trust policies, until Ctrl-C.\n");
  }
  return await interrupted as ExitCode;
}

/** One word of a shell, whatever it holds: a ref or a file name of the workflow may hold anything. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a job on GitHub would have, and what makes each client talk to the embedded registries. */
function variablesFor(act: Act, stage: Registries): Record<string, string> {
  const variables = jobVariables(act.job, act.jobId, stage.issuer);
  for (const registry of stage.registries.values()) Object.assign(variables, clientVariables(registry));
  return variables;
}

function clientVariables({ name, kind, endpoints }: Registry): Record<string, string> {
  switch (kind) {
    case "crates":
      return name === "crates.io"
        ? { __CARGO_TEST_CRATES_IO_URL_DO_NOT_USE_THIS: `sparse+${endpoints.index}` }
        : { [cargoVariable(name, "INDEX")]: `sparse+${endpoints.index}` };
    case "pypi":
      return {
        TWINE_REPOSITORY_URL: endpoints.upload,
        TWINE_USERNAME: "__token__",
        UV_PUBLISH_URL: endpoints.upload,
      };
    case "npm":
      // Provenance would be signed by the real Sigstore.
      return { npm_config_registry: endpoints.index, npm_config_provenance: "false" };
  }
}
