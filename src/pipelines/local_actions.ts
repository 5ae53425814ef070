import { textOf } from "../formats/located.ts";
import { isRehearsal } from "./asked_actions.ts";
import { isSpent } from "./budget.ts";
import type { Surroundings } from "./credentials.ts";
import { saysPublish } from "./hints.ts";
import type { MissingAction, Setting, Settings } from "./model.ts";
import { inRepository } from "./places.ts";
import type { StepContext } from "./steps.ts";

/** Whether an action of the project that is a program calls itself one that publishes, and is not asked for a rehearsal. */
export async function localSaysPublish(
  uses: Setting,
  inputs: Settings,
  context: StepContext,
  around: Surroundings,
): Promise<boolean> {
  const path = await localPath(uses, context, around);
  const rehearsed = isRehearsal(inputs) ||
    [...inputs.values()].some(({ value }) => /\/\/(?:localhost|127\.0\.0\.1)\b/.test(value));
  if (path === null || rehearsed || isSpent(context.files, "followed")) return false;
  const action = await actionFile(path, context);
  return saysPublish(action ? textOf(action.root, "name")?.value ?? "" : "");
}

/** The directory of an action of this repository. */
export async function localPath(
  uses: Setting,
  { filledIn, files }: StepContext,
  { checkouts }: Surroundings,
): Promise<string | null> {
  const written = filledIn(uses.value) ?? "";
  const path = /^(?:\.|\$)\/(.*)$/.exec(written)?.[1]?.replace(/(?<!\/)\/+$/, "");
  if (path === undefined) return await files.own(written);
  if (path.split("/").includes("..")) return null;
  const place = inRepository(path, checkouts);
  return place === "." ? "" : place;
}

/** The file that describes the action in a directory of this repository; `null` where none is there. */
export async function actionFile(path: string, { files }: StepContext) {
  const prefix = path === "" ? "" : `${path}/`;
  return await files.parsed([`${prefix}action.yml`, `${prefix}action.yaml`]);
}

/** The files of which an action has one, as the runner looks for them. */
const ACTION_FILES = ["action.yml", "action.yaml", "Dockerfile"];

/** The local action that a step names, where it is certain that the repository has none there. */
export async function missingAction(
  uses: Setting,
  context: StepContext,
  around: Surroundings,
): Promise<MissingAction | null> {
  const path = uses.value.startsWith("./") ? await localPath(uses, context, around) : null;
  if (path === null || path === "" || isSpent(context.files, "followed")) return null;
  if (!await hasNone(path, context)) return null;
  if (uses.value.replace(/(?<!\/)\/+$/, "") !== `./${path}`) return { meant: null };
  const name = path.slice(path.lastIndexOf("/") + 1);
  // Most mistakes are about where the actions of a repository lie.
  for (const meant of [`.${path}`, `.github/${path}`, `.github/actions/${name}`, `actions/${name}`]) {
    if (meant !== path && await actionFile(meant, context)) return { meant };
  }
  return { meant: null };
}

async function hasNone(path: string, { files }: StepContext): Promise<boolean> {
  for (const name of ACTION_FILES) if (!await files.isAbsent(`${path}/${name}`)) return false;
  return true;
}
