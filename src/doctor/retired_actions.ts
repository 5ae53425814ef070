import { ownTable } from "../formats/own_table.ts";
import type { Setting } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import { actionVersion } from "./action_version.ts";

/** Versions of an action that github.com refuses. */
interface Retired {
  /** Its oldest minor version that runs, of each major one that has any; a newer major one runs. */
  readonly runs: Readonly<Record<number, number>>;
  readonly since: (major: number) => string;
  readonly next: readonly string[];
}

const ARTIFACTS: Retired = {
  runs: { 4: 0 },
  since: (major) => major < 3 ? "September 2024" : "January 2025",
  next: [
    "use v4 or newer of the actions for artifacts, the same for upload and download",
    "a name can be uploaded once in a run then, and hidden files stay out",
  ],
};
const CACHE: Retired = {
  runs: { 3: 4, 4: 2 },
  since: () => "March 2025",
  next: ["use v4.2.0 or newer of actions/cache"],
};

const RETIRED = ownTable<Retired>({
  "actions/upload-artifact": ARTIFACTS,
  "actions/download-artifact": ARTIFACTS,
  "actions/cache": CACHE,
  "actions/cache/restore": CACHE,
  "actions/cache/save": CACHE,
});

/** An action in a version that github.com refuses. */
export interface Retirement extends Pick<Retired, "next"> {
  readonly name: string;
  readonly version: string;
  readonly since: string;
  readonly uses: Setting;
}

/** What is known of an action whose version github.com refuses; `null` for any other, and for a version that nobody can know. */
export function retirementOf(uses: Setting, sources: ReadonlyMap<string, string>): Retirement | null {
  const name = actionName(uses.value);
  const retired = RETIRED[name];
  const version = retired && actionVersion(uses, sources);
  if (!retired || !version) return null;
  const [major, minor] = version.split(".").map(Number) as [number, number?];
  const first = retired.runs[major];
  const majors = Object.keys(retired.runs).map(Number);
  // A tag of two numbers or one moves on to what runs.
  const runs = first === undefined ? major > Math.max(...majors) : minor === undefined || minor >= first;
  return runs ? null : { name, version, uses, since: retired.since(major), next: retired.next };
}

/** Whether github.com refuses this version of an action. */
export function isRetired(uses: Setting, sources: ReadonlyMap<string, string>): boolean {
  return retirementOf(uses, sources) !== null;
}

/** Whether a repository with these remotes is at github.com; `null` where it has none. */
export function isAtGithub(remotes: readonly string[]): boolean | null {
  return remotes.length === 0 ? null : remotes.some((address) => /(?:^|[/@.])github\.com[/:]/i.test(address));
}
