import type { Setting } from "../pipelines/model.ts";

/** The version of an action as a range (`1.12.4`, `4`), from its tag, or from the comment behind a commit's hash; `null` where neither says it. */
export function actionVersion({ value, at }: Setting, sources: ReadonlyMap<string, string>): string | null {
  const ref = value.split("@")[1] ?? "";
  const tag = VERSION.exec(ref)?.[1];
  if (tag !== undefined) return tag;
  if (!/^[\da-f]{40}$/.test(ref)) return null;
  const comment = /^[^\n#]*#([^\n]*)/.exec(sources.get(at.path)?.slice(at.end.offset) ?? "")?.[1] ?? "";
  return comment.split(/[\s,@]+/).map((word) => VERSION.exec(word)?.[1]).find((each) => each !== undefined) ??
    null;
}

const VERSION = /^(?:release\/|tag=)?v?(\d+(?:\.\d+){0,2})$/;
