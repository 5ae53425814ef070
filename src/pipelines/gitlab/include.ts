import { entriesOf, get, isList, isTable, isText, type Located, textOf } from "../../formats/located.ts";
import type { SourceText } from "../../formats/positions.ts";
import type { Unseen } from "../model.ts";
import { soundsLikeOtherWork, soundsLikePublishing } from "../outside.ts";
import type { PlacedProblem, Repository } from "../repository.ts";
import { unresolvable } from "../unresolvable.ts";
import { parseGitlab } from "./document.ts";
import { matchingFiles } from "./glob.ts";
import { type Budget, deepMerge } from "./merge.ts";

/** A configuration in the making: everything that its files have in common. */
export interface Assembly {
  readonly repository: Repository;
  readonly budget: Budget;
  /** Every file that takes part, by path. */
  readonly sources: Map<string, SourceText>;
  /** What is included and cannot be read from here. */
  readonly unseen: Unseen[];
  /** Whether something is included that may define anything. */
  incomplete: boolean;
  /** What keeps GitLab from making a pipeline of it. */
  readonly problems: PlacedProblem[];
  /** How many files are included. */
  count: number;
}

/** GitLab's own limit. */
const MOST_FILES = 150;

/** A file with everything that it includes, as one table; `null` when it cannot be read. */
export async function assembled(
  path: string,
  assembly: Assembly,
  inputs: ReadonlyMap<string, Located> = new Map(),
  way: readonly string[] = [],
): Promise<Located | null> {
  const file = await assembly.repository.read(path, (text) => parseGitlab(text, path, inputs));
  if (!file) return null;
  assembly.sources.set(path, file.source);
  let merged: Located | null = null;
  for (const entry of listed(get(file.root, "include"))) {
    for (const part of await includedBy(entry, assembly, [...way, path])) {
      merged = merged ? deepMerge(merged, part, assembly.budget) : part;
    }
  }
  if (!isTable(file.root)) return merged ?? file.root;
  return merged ? deepMerge(merged, file.root, assembly.budget) : file.root;
}

function listed(located: Located | undefined): readonly Located[] {
  return isList(located) ? located.value : located && located.value !== null ? [located] : [];
}

async function includedBy(entry: Located, assembly: Assembly, way: readonly string[]): Promise<Located[]> {
  const remote = ["project", "remote", "component", "template", "artifact"].find((key) => get(entry, key));
  const text = isText(entry) ? entry : null;
  const local = text && !/^https?:\/\//.test(text.value) ? text : textOf(entry, "local");
  if (remote !== undefined || !local) {
    leftOut(entry, remote ?? "remote", assembly);
    return [];
  }
  const path = local.value.replace(/^\/+/, "");
  if (/[$\ue000]/.test(path)) {
    assembly.incomplete = true;
    assembly.unseen.push({ reference: local.value, at: local.at });
    return [];
  }
  const paths = path.includes("*") ? await matchingFiles(path, assembly.repository) : [path];
  const inputs = new Map(entriesOf(entry, "inputs"));
  const parts: Located[] = [];
  for (const each of paths) {
    const part = await one(each, local, entry, assembly, inputs, way);
    if (part) parts.push(part);
  }
  return parts;
}

async function one(
  path: string,
  written: Located<string>,
  entry: Located,
  assembly: Assembly,
  inputs: ReadonlyMap<string, Located>,
  way: readonly string[],
): Promise<Located | null> {
  if (way.includes(path)) {
    assembly.problems.push(unresolvable(
      written.at,
      `${written.at.path} includes "${written.value}", which leads back to itself`,
      `GitLab stops at ${MOST_FILES} files and makes no pipeline.`,
    ));
    return null;
  }
  if (++assembly.count > MOST_FILES) return null;
  if (!path.split("/").includes("..") && await assembly.repository.text(path) !== null) {
    return await assembled(path, assembly, inputs, way);
  }
  // A file that is there and cannot be read is a problem already; one that is included on a condition may well be missing.
  if (!assembly.repository.problems.some(({ at }) => at.path === path) && !get(entry, "rules")) {
    assembly.problems.push(unresolvable(
      written.at,
      `${written.at.path} includes "${written.value}", which does not exist`,
      "GitLab makes no pipeline when an included file is missing.",
    ));
  }
  return null;
}

/** GitLab's own templates and components are known: only some of them publish. What others call so tests. */
function leftOut(entry: Located, how: string, assembly: Assembly): void {
  const named = isText(entry) ? entry : textOf(entry, how);
  const files = get(entry, "file");
  const file = isText(files) ? files.value : "";
  const reference = `${named?.value ?? how}${file && ` ${file}`}`;
  const own = how === "template" ||
    /^\$CI_SERVER_FQDN\/components\/|^gitlab\.com\/components\//.test(reference);
  assembly.incomplete = true;
  const publishes = soundsLikePublishing(reference);
  if (publishes || !own && !soundsLikeOtherWork(reference)) {
    assembly.unseen.push({ reference, at: named?.at ?? entry.at, vague: !publishes });
  }
}
