import type { Surroundings } from "./credentials.ts";
import { publishingCommand, saysElsewhere } from "./hints.ts";
import type { Setting, Settings } from "./model.ts";
import { OTHERS } from "./programs.ts";

/** Whether an action of others is given the credential of a registry, as far as names tell. */
export function isGiven(
  hands: (name: string, value: string) => boolean,
  action: string,
  inputs: Settings,
  { env }: Surroundings,
): boolean {
  return !NO_PUBLISHER.test(action) && ([...inputs.values()].some(({ name, value }) => hands(name, value)) ||
    [...env].some(([name, { value, scope }]) => scope === "step" && hands(name, value)));
}

/** Whether an action of others is asked to publish packages: by a word that it takes for a command, or by what its step is called. */
export function isAskedToPublish(action: string, title: string, inputs: Settings): boolean {
  // Where an action lies says nothing of what it does.
  const words = action.replace("/.github/", "/").replace("/actions/", "/").split(/[/-]/);
  const elsewhere = words.some((word) => OTHERS.test(word) || saysElsewhere(word));
  return !elsewhere && !NO_PUBLISHER.test(action) &&
    (TO_REGISTRY.test(title) ||
      [...inputs.values()].some(({ name, value }) => COMMANDS.test(name) && value.trim() === "publish"));
}

const COMMANDS = /^(?:command|cmd|action|args|arguments|run|task|mode|subcommand)$/;
const TO_REGISTRY =
  /^\W{0,9}publish(?:es|ing)?\b[^\n]{0,60}?\b(?:to|on)\b[^\n]{0,20}?\b(?:npm|pypi|crates\.io|rubygems|nuget|maven central|pub\.dev|jsr|hex(?:\.pm)?|cocoapods|luarocks)\b/i;

/** Inputs that hold a command, whatever an action calls them. */
const HOLDS_COMMAND = /^(?:run|script|commands?|cmd|exec|publish|[\w-]{1,40}[-_](?:command|cmd|script))$/i;

/** The commands that an action of others is given. */
export function commandsGiven(action: string, inputs: Settings): readonly Setting[] {
  if (NO_PUBLISHER.test(action)) return [];
  return [...inputs.values()].filter(({ name, value }) =>
    HOLDS_COMMAND.test(name) && /\s/.test(value.trim())
  );
}

/** Actions of this repository, of GitHub, those that put tools there, and those that build images or write settings. */
const NO_PUBLISHER =
  /^(?:[.$]\/|docker:|(?:actions|github|docker)\/|[^/]+\/(?:setup-|[\w-]*-setup$))|^(?:whelk-io\/maven-settings-xml-action|s4u\/maven-settings-action)$/;

/** Whether a container is started with a command that publishes; which program its image begins with, only the image knows. */
export function containerSaysPublish(name: string, inputs: Settings): boolean {
  const words = ["entrypoint", "args"].map((input) => inputs.get(input)?.value ?? "").join(" ");
  return name.startsWith("docker:") && !words.includes("--dry-run") && publishingCommand(words) !== null;
}

/** Whether an action is told to do nothing but to say what it would. */
export function isRehearsal(inputs: Settings): boolean {
  return [...inputs.values()].some(({ name, value }) => /^dry(?:[-_]?run)?$/i.test(name) && value === "true");
}
