import { ownTable } from "../../formats/own_table.ts";
import type { Label } from "../../report/finding.ts";
import { listed } from "../clients.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { variablesAt } from "../variables.ts";

/** An option by its names, the long one first, and the variable that stands for it. */
interface Option {
  readonly names: readonly string[];
  readonly variable?: string;
  /** Only with this value. */
  readonly value?: string;
}

/** An option, and those that are not taken with it. */
interface Exclusion {
  readonly one: Option;
  readonly others: readonly Option[];
  /** What to do about it. */
  readonly next: (others: string) => string;
}

const options = (...names: readonly string[]): Option[] => names.map((name) => ({ names: [name] }));
const TAG_NAMES = ["--tag-prefix", "--individual-tag-prefix", "--no-individual-tags"];
const TOKEN: Option = { names: ["--token", "-t"], variable: "UV_PUBLISH_TOKEN" };
const LOGIN: readonly Option[] = [
  { names: ["--username", "-u"], variable: "UV_PUBLISH_USERNAME" },
  { names: ["--password", "-p"], variable: "UV_PUBLISH_PASSWORD" },
];
const URL: Option = { names: ["--publish-url"], variable: "UV_PUBLISH_URL" };
const CHECK_URL: Option = { names: ["--check-url"], variable: "UV_PUBLISH_CHECK_URL" };

/** By client, as tried with uv 0.13.9, cargo 1.95 and cargo-workspaces 0.4.2. */
const EXCLUSIONS = ownTable<readonly Exclusion[]>({
  uv: [
    {
      one: TOKEN,
      others: LOGIN,
      next: (others) => `leave out ${others}: with a token alone uv needs none`,
    },
    {
      one: { names: ["--trusted-publishing"], value: "always" },
      others: [TOKEN, ...LOGIN],
      next: (others) => `leave out ${others}: uv exchanges an OIDC token by itself`,
    },
    {
      one: { names: ["--index"], variable: "UV_PUBLISH_INDEX" },
      others: [URL, CHECK_URL],
      next: (others) => `leave out ${others}, and let [[tool.uv.index]] say both addresses`,
    },
  ],
  cargo: [{
    one: { names: ["--registry"] },
    others: options("--index"),
    next: (others) => `leave out ${others}`,
  }],
  "cargo-workspaces": [
    {
      one: { names: ["--no-git-commit"] },
      others: [
        ...options("--no-git-push", "--no-git-tag", "--git-remote", "--no-global-tag", ...TAG_NAMES),
        ...options("--allow-branch", "--amend"),
        { names: ["--message", "-m"] },
      ],
      next: (others) => `leave out ${others}: without a commit nothing is tagged or pushed`,
    },
    {
      one: { names: ["--no-git-tag"] },
      others: options(...TAG_NAMES),
      next: (others) => `leave out ${others}: there is no tag`,
    },
    {
      one: { names: ["--no-git-push"] },
      others: options("--git-remote"),
      next: (others) => `leave out ${others}: nothing is pushed`,
    },
  ],
});

/** A client that is given options which it does not take together stops before it does anything. */
export const optionsExcludeEachOther: Rule = {
  code: "options-exclude-each-other",
  severity: "error",
  phase: "publishing jobs",
  *check({ publishing }) {
    const seen = new Set<unknown>();
    for (const each of publishing) {
      const { invocation, job } = each;
      if (seen.has(invocation)) continue;
      seen.add(invocation);
      for (const { one, others, next } of EXCLUSIONS[invocation.client] ?? []) {
        const first = given(one, each);
        const second = first ? others.flatMap((other) => given(other, each) ?? []) : [];
        if (!first || second.length === 0) continue;
        const names = listed(second.map(({ name }) => name));
        yield {
          message:
            `Job "${job.id}" gives ${invocation.client} ${first.name} with ${names}, which it does not take together`,
          at: invocation.at,
          label: "ends before anything is published",
          related: [
            ...invocation.inScript ? [{ at: invocation.inScript, message: "in the script" }] : [],
            ...[first, ...second].flatMap(({ place }) => place ?? []),
          ],
          why: [
            `Then ${invocation.client} ends with an error about its arguments, before it uploads anything.`,
          ],
          next: [next(names)],
        } satisfies Report;
        break;
      }
    }
  },
};

/** How an option is given, if it is: on the command line, or by its variable, which counts where it is empty too. */
function given(
  { names, variable, value }: Option,
  { invocation: { args }, called, job, step }: Publishing,
): { readonly name: string; readonly place: Label | null } | null {
  const end = args.indexOf("--");
  const own = args.slice(0, end < 0 ? undefined : end);
  const at = own.findIndex((word) => names.includes(word.split("=", 1)[0]!));
  if (at >= 0) {
    const [, inline] = /^[^=]*=(.*)$/s.exec(own[at]!) ?? [];
    const isMeant = value === undefined || value === (inline ?? own[at + 1]);
    return isMeant ? { name: value === undefined ? names[0]! : `${names[0]} ${value}`, place: null } : null;
  }
  const setting = variable === undefined ? undefined : variablesAt({ called, job, step }).get(variable);
  return setting
    ? { name: setting.name, place: { at: setting.keyAt, message: "counts as the option" } }
    : null;
}
