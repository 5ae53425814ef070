import { joined } from "../../formats/shell.ts";

/** Where CircleCI's images have the home directory: its own, and those of others. */
const HOMES = ["/home/circleci", "/root"];

/** How the directory is written into which a job checks the repository out: `path:` of its step, seen from where the job works. */
export function checkoutDirectories(path: string, directory: string): string[] {
  const relative = joined(".", path);
  const place = /^[~/]/.test(path) ? path : relative === "." ? directory : `${directory}/${relative}`;
  const [home, below] = ["~", ...HOMES].flatMap((each) =>
    place.startsWith(`${each}/`) ? [each, place.slice(each.length)] : []
  );
  const spelled = home === undefined ? [place] : ["~", ...HOMES].map((each) => `${each}${below}`);
  const all = relative !== null && !/^(?:\/|\.\.|\.$)/.test(relative) ? [...spelled, relative] : spelled;
  return all.map((each) => each.replace(/(?<!\/)\/+$/, ""));
}
