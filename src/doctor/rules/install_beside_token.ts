import type {
  CredentialUse,
  PublishInvocation,
  Setting,
  StartedCommand,
  Step,
} from "../../pipelines/model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import { installs, runsScripts } from "../installs.ts";
import type { Report, Rule } from "../rule.ts";
import { holdsSecret } from "../secret_flow.ts";

/** A step's variables are there for every command of it, also for the ones that run code of other people. */
export const installBesideToken: Rule = {
  code: "install-beside-token",
  severity: "warning",
  phase: "credentials",
  *check({ publishing, sources }) {
    for (const { job, step, invocation } of publishing) {
      const token = invocation.credentials.find(isInVariable);
      if (compiles(invocation, step)) yield* compiled(invocation);
      if (!token) continue;
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      for (const [index, each] of steps.entries()) {
        const given = holding(token, each);
        const install = given &&
          commandsIn(each, sources).find((command) => installs(command) && runsScripts(command));
        if (!install || !(isBefore(install, invocation) ?? index < steps.indexOf(step))) continue;
        const own = [token.at, token.secretAt].some((at) => at?.start.offset === given.at.start.offset);
        yield {
          message: `${install.program} installs packages in ${own ? "the" : "a"} step that holds ${
            token.secret ?? token.name
          }`,
          at: install.at,
          label: "their install scripts see the token",
          related: [
            { at: given.at, message: "for every command of this step" },
            ...install.startedAt ? [{ at: install.startedAt, message: "starts that" }] : [],
            { at: invocation.inScript ?? invocation.at, message: "needed here" },
          ],
          why: ["Install scripts and build back ends of every package run with the step's variables."],
          next: [
            own
              ? "install in a step of its own, before the one that has the token"
              : "take the token away from this step; where private packages need one, give it one that can only read",
          ],
        } satisfies Report;
      }
    }
  },
};

/** A command of a step, or of a script that it starts. */
type Command = PlacedCommand & Partial<StartedCommand>;

function commandsIn(step: Step, sources: ReadonlyMap<string, string>): readonly Command[] {
  return [...commandsOf(step, sources), ...step.startedCommands ?? []];
}

/** Whether a token stands in a variable of a step; an option may name one. */
function isInVariable({ holds, scope, source, secretAt }: CredentialUse): boolean {
  return holds === "token" &&
    (source === "variable"
      ? scope === "step" || scope === "caller"
      : source === "option" && scope === "command" && secretAt !== undefined);
}

/** Whether a command stands before the one that publishes; `null` where that is in another file of the pipeline, or both come in by one input. */
function isBefore(install: Command, { at, inScript }: PublishInvocation): boolean | null {
  const place = install.startedAt ?? install.at;
  if (place.path !== at.path) return null;
  const isSame = place.start.offset === at.start.offset;
  // One script that starts another one runs both with the variables of the step.
  if (isSame && !install.startedAt && !inScript) return null;
  if (isSame && install.at.path !== inScript?.path) return true;
  return isSame ? install.at.start.offset < inScript!.start.offset : place.start.offset < at.start.offset;
}

/** Whether what publishes compiles before; `maturin upload` takes files that are there. */
function compiles({ client, args }: PublishInvocation, step: Step): boolean {
  return client === "maturin" && (args[0] ?? step.with.get("command")?.value) === "publish";
}

/** Its token is there for everything that it starts. */
function* compiled({ at, inScript, credentials }: PublishInvocation): Iterable<Report> {
  const token = credentials.find(({ holds, source }) => holds === "token" && source === "variable");
  if (!token) return;
  yield {
    severity: "info",
    message: `maturin publish compiles every dependency beside ${token.secret ?? token.name}`,
    at: inScript ?? at,
    label: "their build scripts see the token",
    related: [{ at: token.at, message: "for everything that it starts" }],
    why: ["cargo runs the build scripts and macros of every crate with the variables of maturin."],
    next: [
      "let `maturin build` make the wheels in a job without the token, and upload these: `maturin upload dist/*`",
    ],
  };
}

/** The variable of a step that holds the token; GitHub's own is in every step's reach anyway. */
function holding({ at, secret }: CredentialUse, { env }: Step): Setting | undefined {
  const variables = [...env.values()];
  const itself = variables.find((each) =>
    each.at.path === at.path && each.at.start.offset === at.start.offset
  );
  if (itself || secret === null || /^github_token$/i.test(secret)) return itself;
  return variables.find(({ value }) => holdsSecret(value, secret));
}
