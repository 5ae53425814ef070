import { sourceIn } from "../../formats/positions.ts";
import { actionCommand } from "../../pipelines/action_commands.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { PublishInvocation, Step, Vendor } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { listed } from "../clients.ts";
import { couldUseOidc } from "../oidc.ts";
import { expressionIn } from "../expression_place.ts";
import type { Report, Rule } from "../rule.ts";
import {
  commandOf,
  GAP,
  type SecretArgument,
  secretArgument,
  secretArgumentsInFiles,
} from "../secret_variables.ts";
import { tokenByVariable } from "../token_variables.ts";

/** Commands that get a registry's token as an argument, with the expression in it. */
const GIVEN = new RegExp(
  String
    .raw`^(?![ \t]*(?:#|echo\b|printf\b|export\b)).*?\b(cargo${GAP}(?:login|(?:(?:workspaces|ws)${GAP})?publish)|npm${GAP}(?:config${GAP}set|set)|pnpm${GAP}(?:config${GAP}set|set)|yarn${GAP}config${GAP}set` +
    String
      .raw`|npm${GAP}publish|pnpm${GAP}publish|yarn${GAP}(?:npm${GAP})?publish|twine${GAP}upload|uv${GAP}publish|poetry${GAP}(?:config|publish)|flit${GAP}publish|hatch${GAP}publish` +
    String
      .raw`|pdm${GAP}publish|maturin${GAP}(?:publish|upload)|vsce${GAP}publish|ovsx${GAP}publish|jsr${GAP}publish|deno${GAP}publish|gem${GAP}push|nuget${GAP}push|dotnet${GAP}nuget${GAP}push)\b[^\n]*?(?<!\s(?:-u|--user(?:name)?)[ =]["']?)(\$\{\{\s*secrets\.(?!GITHUB_TOKEN\b)([\w-]+)\s*\}\})`,
  "mi",
);

/** Only with one of these: the pattern above takes as long to compile as all others of a small repository. */
const SECRET = /\bsecrets\./i;

/** Arguments can be read by every process of the machine, and are printed by `set -x` and by failing tools. */
export const secretInArguments: Rule = {
  code: "secret-in-arguments",
  severity: "warning",
  phase: "credentials",
  *check({ publishing, suspected, sources }) {
    for (const { invocation } of suspected) yield* byOption([invocation], sources);
    const files = new Set<string>();
    for (const [job, places] of Map.groupBy(publishing, ({ job }) => job)) {
      const [place] = places;
      const oidc = places.some(({ invocation }) => couldUseOidc(invocation));
      for (const step of allSteps(job.steps).filter(({ live }) => live !== "no")) {
        const found = place!.pipeline.vendor === "github"
          ? givenIn(step, sources) ?? givenToAction(step, sources)
          : null;
        const variable = found ? null : secretArgument(step, place!, sources);
        if (variable) yield byVariable(variable, place!.pipeline.vendor, oidc);
        for (const each of secretArgumentsInFiles(step, place!, sources)) {
          if (files.has(each.at.path)) continue;
          files.add(each.at.path);
          yield byVariable(each, place!.pipeline.vendor, oidc);
        }
        if (!found && !variable && step.inner.length === 0) {
          const own = step.publishes.filter(({ inScript }) => inScript === null);
          // Legs of a matrix run one line with several programs.
          for (const same of Map.groupBy(own, ({ at }) => at.start.offset).values()) {
            yield* byOption(same, sources);
          }
        }
        if (!found) continue;
        yield {
          message: `The secret ${found.secret} is written into the command line of ${found.command}`,
          at: found.at,
          label: "becomes an argument",
          why: [WHY],
          next: [
            tokenByVariable(found.command.split(" ")[0]!) ??
              "give it in a variable, under `env:` of this step",
            ...oidc
              ? [
                found.command.includes("nuget")
                  ? "better: let NuGet/login mint a key with OIDC, which lasts 15 minutes"
                  : "better: publish with OIDC, without a token",
              ]
              : [],
          ],
        } satisfies Report;
      }
    }
  },
};

/** What is an argument under a name that the project has chosen, of what nobody can read or as a property of a build; and what an input or a matrix brings. */
function* byOption(
  invocations: readonly PublishInvocation[],
  sources: ReadonlyMap<string, string>,
): Generator<Report> {
  const written = invocations.flatMap(({ client, credentials }) =>
    credentials.filter(({ source, value, secret }) =>
      source === "option" && secret !== null && secret !== "GITHUB_TOKEN" &&
      (/\bsecrets\b/.test(value) || /\$\{\{\s*inputs\./.test(value))
    ).map((credential) => ({ client, ...credential }))
  );
  const [first] = written;
  if (!first) return;
  const secrets = [...new Set(written.map(({ secret }) => secret!))];
  yield {
    message: `The secret${secrets.length > 1 ? "s" : ""} ${listed(secrets)} ${
      secrets.length > 1 ? "are" : "is"
    } written into the command line of ${listed([...new Set(written.map(({ client }) => client))])}`,
    at: expressionIn(first, sources) ?? first.at,
    label: "becomes an argument",
    related: written.flatMap(({ secretAt: at }) => at ? [{ at, message: "the secret is named here" }] : []),
    why: [WHY],
    next: [
      ...new Set(
        written.map(({ client, name }) =>
          propertyOf(client, name) ?? tokenByVariable(client) ??
            "give it in a variable, under `env:` of this step, and let the program read it there"
        ),
      ),
    ],
  };
}

/** How a build gets a property without an argument; `null` where that is not known. */
function propertyOf(command: string, option: string): string | null {
  const [, sign, name = ""] = /^-([PD])([\w.-]+)$/.exec(option) ?? [];
  if (command === "mvn") return "let settings.xml name a variable, `${env.NAME}`, and give Maven that";
  if (sign !== "P" || !/^(?:\.\/)?gradlew?\b/.test(command)) return null;
  const [, own] = /^gradle\.publish\.(key|secret)$/.exec(name) ?? [];
  if (own) {
    return "give the two in GRADLE_PUBLISH_KEY and GRADLE_PUBLISH_SECRET, under `env:` of this step: the plug-in reads them by itself";
  }
  return /^\w+$/.test(name)
    ? `give it in ORG_GRADLE_PROJECT_${name}, under \`env:\` of this step: Gradle makes it the same property`
    : null;
}

const WHY =
  "Arguments are visible to every process of the runner, and tools print them when they fail; the mask hides only the exact value.";

/** The shell's own variable is not written into a script; what is left is the list of processes, and what tools print. */
function byVariable(
  { command, variable, at, startedAt, printedBy }: SecretArgument,
  vendor: Vendor,
  oidc: boolean,
): Report {
  return {
    severity: "info",
    message: `The secret in ${variable} becomes an argument of ${command}`,
    at,
    label: "filled in by the shell",
    related: [
      ...startedAt ? [{ at: startedAt, message: "starts the script" }] : [],
      ...printedBy ? [{ at: printedBy, message: "prints every command with its arguments" }] : [],
    ],
    why: [
      "Arguments are open to everybody on the machine, and tools print them when they fail; variables are open to the job's own processes.",
    ],
    next: [
      tokenByVariable(command.split(" ")[0]!, variable) ??
        "let the program read it from a variable or a file",
      ...oidc && (vendor === "github" || vendor === "gitlab")
        ? ["better: publish with OIDC, without a token"]
        : [],
    ],
  };
}

/** A secret that is written into a command line. */
interface Given {
  readonly command: string;
  readonly secret: string;
  readonly at: Location;
}

function givenToAction(step: Step, sources: ReadonlyMap<string, string>): Given | null {
  const command = actionCommand(step);
  const match = command && SECRET.test(command.line.value) && GIVEN.exec(command.line.value);
  const input = match && command.inputAt(match.index + match[0].length);
  if (!match || !input) return null;
  const at = expressionIn({ at: input.at, value: match[2]! }, sources) ?? input.at;
  return { command: commandOf(match[1]!), secret: match[3]!, at };
}

function givenIn(
  { run: own, script }: Step,
  sources: ReadonlyMap<string, string>,
): Given | null {
  const run = script ?? own;
  const source = run && sourceIn(sources, run.at.path);
  if (!run || !source || !SECRET.test(run.value)) return null;
  // Commands that go on in the next line are one command.
  const raw = source.textAt(run.at).replace(
    /\\\r?\n/g,
    (end) => " ".repeat(end.length),
  );
  const match = GIVEN.exec(raw);
  if (!match) return null;
  const start = run.at.start.offset - (source.text.length - source.body.length) + match.index +
    match[0].lastIndexOf(match[2]!);
  return {
    command: commandOf(match[1]!),
    secret: match[3]!,
    at: source.span(start, start + match[2]!.length),
  };
}
