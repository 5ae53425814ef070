import type { Project } from "../config/project.ts";
import type { Location } from "../problem.ts";
import { plainLine } from "../host/redact.ts";
import type { Finding } from "../report/finding.ts";

/** The reason why a finding is accepted: by `[[doctor.ignore]]`, or by a comment on a line that it points at; `null` when it is not. */
export function ignoredBecause(
  finding: Finding,
  project: Project,
  sources: ReadonlyMap<string, string>,
): string | null {
  const places = [finding.at, ...finding.related.map((label) => label.at)];
  const setting = project.doctor.ignore.find(({ code, path }) =>
    code === finding.code && (path === null || places.some((place) => place.path === path))
  );
  if (setting) return setting.reason;
  for (const place of places) {
    const reason = inComment(finding.code, place, sources.get(place.path));
    if (reason !== null) return reason;
  }
  return null;
}

/** `# keyless: ignore[CODE, CODE] reason` at the end of a line. */
function inComment(code: string, { start, end }: Location, source: string | undefined): string | null {
  if (source === undefined) return null;
  for (const line of source.split("\n").slice(start.line - 1, end.line)) {
    const [, codes, reason] = /#\s*keyless:\s*ignore\[([\w\s,-]+)\]\s*(.*?)\s*$/.exec(line) ?? [];
    if (codes?.split(",").some((each) => each.trim() === code)) return plainLine(reason || "no reason given");
  }
  return null;
}
