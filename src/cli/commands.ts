import type { ExitCode } from "../problem.ts";
import type { Call } from "./verb.ts";

/** What the module of a command exports. */
export interface CommandModule {
  run(call: Call): Promise<ExitCode>;
}

/** Where the module of each verb is. `help` has none: the table alone answers it. */
const MODULES: Readonly<Record<string, () => Promise<CommandModule>>> = {
  "cargo-credential": async () => {
    const { runProvider } = await import("../credentials/cargo_provider.ts");
    return { run: runProvider };
  },
  claims: () => import("./commands/claims.ts"),
  completions: () => import("./commands/completions.ts"),
  doctor: () => import("./commands/doctor.ts"),
  exchange: () => import("./commands/exchange.ts"),
  explain: () => import("./commands/explain.ts"),
  pack: () => import("./commands/pack.ts"),
  plan: () => import("./commands/plan.ts"),
  publish: () => import("./commands/publish.ts"),
  rehearse: () => import("./commands/rehearse.ts"),
  run: () => import("./commands/run.ts"),
};

/** Loads the module of the verb of this name. */
export function loadCommand(verb: string): Promise<CommandModule> {
  return MODULES[verb]!();
}
