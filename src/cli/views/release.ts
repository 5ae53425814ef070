import type { Observer, Proof, ReleaseEvent } from "../../publish/events.ts";
import type { Progress } from "../../host/session.ts";
import type { Display } from "../../host/terminal.ts";
import type { Released, ReleaseReport } from "../../publish/report.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { withPage } from "../../report/problem_text.ts";
import { renderProblem } from "../../report/terminal.ts";
import { oneLine, plainLine } from "../../host/redact.ts";
import { bytes, counted, duration, shortDigest } from "./words.ts";

const COLUMN = 10;

/** Tells a release as it goes, a complete line for each thing that happened; `verbose` adds the clients' own output. */
export function narrate(progress: Progress, display: Display, verbose: boolean): Observer {
  const signs = symbols(display);
  const say = (topic: string, text: string) =>
    progress.say(worded(oneLine(`${topic.padEnd(COLUMN)}${text}`), display));
  const live = (text: string) => progress.live(worded(oneLine(`${" ".repeat(COLUMN)}${text}`), display));
  return (event: ReleaseEvent) => {
    switch (event.type) {
      case "planned":
        return say(
          "check",
          `${counted(event.plan.packages.length, "package")}, order: ${
            event.plan.packages.map(({ package: pkg }) => `${pkg.name} (${pkg.registry.label})`).join(", ")
          }`,
        );
      case "packing":
        return live(`packing ${event.packages.map((pkg) => pkg.name).join(", ")} …`);
      case "packed":
        return say(
          "pack",
          `${event.package.name} ${event.package.version}    ${event.client}    ${
            event.package.files.map((file) => `${file.name} ${bytes(file.size)}`).join(", ")
          }`,
        );
      case "line":
        return verbose
          ? progress.say(`${" ".repeat(COLUMN)}│ ${plainLine(event.text)}`)
          : live(plainLine(event.text));
      case "resumed":
        return say(
          "resume",
          `there with the same bytes: ${event.there.join(", ")}` +
            (event.missing.length > 0 ? `; missing: ${event.missing.join(", ")}` : ""),
        );
      case "exchanged":
        return say(
          "check",
          `exchange ${event.registry.label}${event.package ? ` for ${event.package}` : ""} ${signs.ok}`,
        );
      case "refused":
        return say(
          "check",
          `exchange ${event.registry.label}${
            event.package ? ` for ${event.package}` : ""
          } ${signs.error} ${event.problem.message}`,
        );
      case "fallback":
        return say(
          "fallback",
          `${signs.warning} ${event.package.name}: the exchange was refused; using ${event.where}, because --allow-fallback was given`,
        );
      case "uploading":
        return live(`uploading ${event.package.name} ${event.version} to ${event.package.registry.label} …`);
      case "uploaded":
        return say(
          "upload",
          `${event.package.name} ${event.version} → ${event.package.registry.label}    ${signs.ok} accepted    sha256 ${
            shortDigest(event.digest)
          }`,
        );
      case "failed":
        return say(
          "upload",
          `${event.package.name} ${event.version} → ${event.package.registry.label}    ${signs.error} ${event.problem.message}`,
        );
      case "proved":
        return say(
          "prove",
          `${event.package.name} at ${event.package.registry.label}: ${proofWords(event.proof, signs.ok)}`,
        );
    }
  };
}

function proofWords(proof: Proof, ok: string): string {
  if (proof.visible === "pending") {
    return `accepted, not visible after ${proof.seconds} s`;
  }
  const who = proof.publisher === "this-run"
    ? `, ${proof.source} names this run ${ok}`
    : ", the registry does not say who published it";
  return `our bytes are visible ${ok}${proof.seconds > 0 ? ` after ${proof.seconds} s` : ""}${who}`;
}

/** The end of a release: tokens, problems in full, the verdict and the next step. */
export function renderRelease(report: ReleaseReport, elapsed: number, display: Display): string {
  const signs = symbols(display);
  const lines: string[] = [];
  const shown = new Set<string>();
  for (const problem of [...report.problems, ...report.packages.flatMap((entry) => entry.problems)]) {
    const text = renderProblem(withPage(problem), display).trimEnd();
    if (!shown.has(text)) lines.push(text, "");
    shown.add(text);
  }
  const untried = report.packages.filter((entry) => entry.result === "not-tried");
  if (untried.length > 0) {
    lines.push(`${signs.nothing} not tried: ${untried.map((entry) => entry.package.name).join(", ")}`, "");
  }
  lines.push(tokenLine(report), verdict(report, elapsed));
  return worded(lines.join("\n") + "\n", display);
}

function tokenLine(report: ReleaseReport): string {
  const { minted, burned, longest } = report.tokens;
  const other = [...new Set(report.packages.filter(used).map((entry) => entry.credential))]
    .filter((credential) => credential?.includes(" token in "));
  const long = other.length > 0 ? `; used: ${other.join(", ")}` : "; no long-lived credential was used";
  if (minted === 0) return `tokens    none minted${other.length > 0 ? long : ""}`;
  return `tokens    ${minted} minted, ${burned} burned, longest life ${duration(longest)}${long}`;
}

function used(entry: Released): boolean {
  return entry.result === "published" || entry.result === "accepted" || entry.result === "failed";
}

function verdict(report: ReleaseReport, elapsed: number): string {
  const count = (result: Released["result"]) =>
    report.packages.filter((entry) => entry.result === result).length;
  const [published, accepted, failed] = [count("published"), count("accepted"), count("failed")];
  const [there, dry] = [count("there"), count("dry")];
  if (failed > 0) {
    const done = published + accepted > 0
      ? `${counted(published + accepted, "package")} went out before it. `
      : "Nothing went out before it. ";
    return `The release stopped. ${done}→ solve it and run the same command again: it goes on where it stopped`;
  }
  if (accepted > 0) {
    const proven = published > 0 ? `; ${counted(published, "package")} published` : "";
    return `${
      counted(accepted, "package")
    } accepted, and not seen yet${proven}. → run the same command again: it looks again`;
  }
  if (report.problems.length > 0) return "Nothing was uploaded. → solve it and run the same command again";
  if (dry > 0) {
    return `Dry run: ${counted(dry, "package")} would be published; nothing was exchanged or uploaded.`;
  }
  if (published === 0) {
    return `Nothing to do: ${counted(there, "package")} there already, with the same bytes.`;
  }
  return `Published ${counted(published, "package")}${there > 0 ? ` (${there} there already)` : ""} in ${
    duration(elapsed)
  }.`;
}
