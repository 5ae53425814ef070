import { expressionsIn, flowsOf } from "../formats/expression_text.ts";
import { sourceIn } from "../formats/positions.ts";
import type { Job, Pipeline, Setting, Step } from "../pipelines/model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { placeIn } from "../pipelines/yaml_text.ts";
import type { Location } from "../problem.ts";
import { variablesAt } from "./variables.ts";

/** A secret that is an argument of the build of an image, which is pushed. */
export interface BuildArgument {
  readonly secret: string;
  readonly at: Location;
  /** Whether the provenance of the image, which lies beside it, holds all arguments where the repository is public. */
  readonly isAttested: boolean;
}

/** Actions with the inputs of docker's own. */
const BUILDS = /^(?:docker|depot|useblacksmith)\/build-push-action$/;

type Texts = ReadonlyMap<string, string>;

/** The secrets that a job gives to builds of images as arguments, where it pushes the images. */
export function secretBuildArguments(called: Pipeline, job: Job, sources: Texts): BuildArgument[] {
  const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
  // Few jobs have one, and taking scripts apart takes long.
  const mayHave = ({ run, with: inputs }: Step) =>
    inputs.has("build-args") || run?.value.includes("--build-arg");
  if (!steps.some(mayHave)) return [];
  const isPushed = steps.some((step) => commandsOf(step, sources).some(pushes));
  return steps.flatMap((step) => {
    const secretIn = (text: string) => secretsIn(text, variablesAt({ called, job, step }));
    return [
      ...byInput(step, isPushed, secretIn, sources),
      ...isPushed ? byCommands(step, secretIn, sources) : [],
    ];
  });
}

type SecretIn = (text: string) => string | undefined;

function byInput(step: Step, isPushed: boolean, secretIn: SecretIn, sources: Texts): BuildArgument[] {
  const { uses, with: inputs } = step;
  const given = inputs.get("build-args");
  const source = given && sourceIn(sources, given.at.path);
  if (!uses || !given || !source || !BUILDS.test(actionName(uses.value))) return [];
  const input = (name: string) => inputs.get(name)?.value.trim() ?? "";
  const isSent = !["", "false"].includes(input("push")) || /type=registry|push=true/.test(input("outputs"));
  if (!isSent && !isPushed) return [];
  const isAttested = isSent && !/^(?:false|.*mode=min.*)$/.test(input("provenance"));
  return expressionsIn(given.value).flatMap(({ start, end }) => {
    const secret = secretIn(given.value.slice(start, end));
    return secret === undefined ? [] : [{ secret, at: placeIn(source, given, start, end), isAttested }];
  });
}

function byCommands(step: Step, secretIn: SecretIn, sources: Texts): BuildArgument[] {
  return commandsOf(step, sources).filter(builds).flatMap(({ args, at }) => {
    const written = sourceIn(sources, at.path)?.textAt(at) ?? "";
    const given = args.flatMap((word, index) =>
      word === "--build-arg" ? args.slice(index + 1, index + 2) : /^--build-arg=(.*)$/s.exec(word)?.[1] ?? []
    );
    const secret = given.map((argument) => {
      const [name, value] = /^(\w+)(?:=(.*))?$/s.exec(argument)?.slice(1) ?? [];
      const variable = value === undefined ? name : /^\$\{?(\w+)\}?$/.exec(value)?.[1];
      return variable === undefined ? undefined : secretIn(`\${{ env.${variable} }}`);
    }).find((each) => each !== undefined) ?? secretIn(GIVEN.exec(written)?.[1] ?? "");
    return secret === undefined ? [] : [{ secret, at, isAttested: false }];
  });
}

/** An argument with an expression in it, of which the shell knows no more. */
const GIVEN = /--build-arg[=\s]\s{0,9}["']?\w{1,99}=["']?(\$\{\{[^}]{1,200}\}\})/;

function builds({ program, args }: PlacedCommand): boolean {
  return ["docker", "podman", "buildah", "nerdctl"].includes(program) &&
    args.slice(0, 3).some((word) => word === "build" || word === "bud");
}

function pushes(command: PlacedCommand): boolean {
  const { program, args } = command;
  return builds(command) && args.some((word) => word === "--push" || /type=registry|push=true/.test(word)) ||
    ["docker", "podman", "buildah", "nerdctl"].includes(program) &&
      args.slice(0, 2).some((word) => word === "push");
}

/** The secret that an expression comes to, also by a variable. */
function secretsIn(text: string, variables: ReadonlyMap<string, Setting>): string | undefined {
  return expressionsIn(text).flatMap(({ expression }) => flowsOf(expression)).map(({ path }) => {
    const [head, name] = path.split(".");
    if (head !== "env" || name === undefined) return head === "secrets" ? name : undefined;
    const value = [...variables.values()].find((each) => each.name.toLowerCase() === name)?.value ?? "";
    return /^\s*\$\{\{\s*secrets\.([\w-]+)\s*\}\}\s*$/i.exec(value)?.[1];
  }).find((each) => each !== undefined);
}
