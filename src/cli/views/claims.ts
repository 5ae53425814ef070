import type { Display } from "../../host/terminal.ts";
import { plainLine } from "../../host/redact.ts";
import type { Claims, WorkflowRef } from "../../identity/claims.ts";
import type { Problem } from "../../problem.ts";
import type { PublisherForm, Registry } from "../../registries/registry.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { duration } from "./words.ts";

/** A publisher record that these claims would satisfy. */
export interface Match {
  readonly registry: Registry;
  readonly packageName: string;
  readonly form: PublisherForm;
  /** Why the registry refuses this job whatever is registered. */
  readonly refused: Problem | null;
}

/** The claims in the field's words, and what to register where. */
export function renderClaims(
  identity: string,
  claims: Claims,
  matches: readonly Match[],
  now: number,
  display: Display,
): string {
  const expires = claims.expiresAt === null ? "" : `, expires in ${duration(claims.expiresAt * 1000 - now)}`;
  const lines = [`This job can prove (${identity}${expires}):`];
  for (const [name, value] of claimRows(claims)) lines.push(`  ${name.padEnd(17)} ${value}`);
  lines.push("", "Register exactly this:");
  for (const match of matches) lines.push(...record(match, display));
  return worded(lines.join("\n") + "\n", display);
}

function claimRows(claims: Claims): [string, string][] {
  const ids = [
    claims.repositoryId ? `id ${claims.repositoryId}` : null,
    claims.owner ? `owner ${claims.owner}${claims.ownerId ? ` id ${claims.ownerId}` : ""}` : null,
  ].filter((part) => part !== null).join(", ");
  return ([
    ["repository", `${claims.repository ?? "–"}${ids ? ` (${ids})` : ""}`],
    ["workflow", `${fileOf(claims.workflow)}    from workflow_ref, read by crates.io and npm`],
    ["called workflow", `${fileOf(claims.calledWorkflow)}    from job_workflow_ref, read by PyPI`],
    ["environment", claims.environment ?? "– (none)"],
    ["ref, event", `${claims.ref ?? "–"}, ${claims.event ?? "–"}`],
    ["runner", claims.runner ?? "–"],
  ] as [string, string][]).map(([name, value]) => [name, plainLine(value).replace(/ from /, "    from ")]);
}

function fileOf(ref: WorkflowRef | null): string {
  return ref?.file ?? "–";
}

function record({ registry, packageName, form, refused }: Match, display: Display): string[] {
  const signs = symbols(display);
  const fields = form.fields.map((field) => `${field.label} ${field.value || "(leave empty)"}`).join(
    ` ${signs.separator} `,
  );
  const lines = ["", `  ${registry.label}, ${packageName}`, `    ${form.url}`, `    ${plainLine(fields)}`];
  if (form.command) lines.push(`    or: ${plainLine(form.command)}`);
  for (const obstacle of form.obstacles) lines.push(`    ${signs.warning} ${plainLine(obstacle)}`);
  if (refused) lines.push(`    ${signs.error} ${plainLine(refused.message)}`);
  return lines;
}
