import { fromFileUrl, join, relative } from "@std/path";

/** The root of the repository. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** A TypeScript file of this repository. */
export interface Source {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and without what stands in quotes. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** As written. */
  readonly from: string;
  /** What it leads to, relative to the root; `null` for a package. */
  readonly path: string | null;
  /** `import("…")`, which loads when it is reached. */
  readonly dynamic: boolean;
  /** `import type … from "…"`, which loads nothing. */
  readonly type: boolean;
  /** Names that are imported, without `type` and `as`; `[]` for `* as` and for dynamic ones. */
  readonly names: readonly string[];
}

/** Every TypeScript file below these directories or files, sorted. */
export async function sources(...places: string[]): Promise<Source[]> {
  const paths: string[] = [];
  for (const place of places) await collect(join(ROOT, place), paths);
  const found = await Promise.all(paths.map(async (path) => source(path, await Deno.readTextFile(path))));
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The program, without tests and scripts. */
export function program(): Promise<Source[]> {
  return sources("main.ts", "src");
}

async function collect(place: string, paths: string[]): Promise<void> {
  if (place.endsWith(".ts")) {
    paths.push(place);
    return;
  }
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (isDirectory ? name !== "fixtures" : name.endsWith(".ts")) await collect(join(place, name), paths);
  }
}

function source(file: string, text: string): Source {
  const path = relative(ROOT, file).replaceAll("\\", "/");
  const plain = text.replace(TOKEN, (token) => /^["']/.test(token) ? token : "");
  return {
    path,
    text,
    code: text.replace(TOKEN, (token) => /^["']/.test(token) ? '""' : ""),
    imports: imports(path, plain),
  };
}

const TOKEN = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<![:\\])\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const STATIC = /^(?:import|export)\s(?:(?<what>[^;"']*?)\sfrom\s)?["'](?<from>[^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'](?<from>[^"']+)["']/g;

function imports(path: string, text: string): Import[] {
  const at = (from: string) =>
    from.startsWith(".") ? new URL(from, `file:///${path}`).pathname.slice(1) : null;
  const fixed = [...text.matchAll(STATIC)].map(({ groups }) => {
    const names = /\{([^}]*)\}/.exec(groups!.what ?? "")?.[1] ?? "";
    return {
      from: groups!.from!,
      path: at(groups!.from!),
      dynamic: false,
      type: groups!.what?.startsWith("type ") ?? false,
      names: names.split(",").map((name) => name.trim().replace(/^type /, "").replace(/ as .*$/, "")).filter(
        Boolean,
      ),
    };
  });
  const late = [...text.matchAll(DYNAMIC)].map(({ groups }) => ({
    from: groups!.from!,
    path: at(groups!.from!),
    dynamic: true,
    type: false,
    names: [],
  }));
  return [...fixed, ...late];
}

/** `path:line` of every match of `pattern` in the code of the files. */
export function places(found: readonly Source[], pattern: RegExp): string[] {
  return found.flatMap(({ path, code, text }) =>
    [...code.matchAll(new RegExp(pattern, "g"))].map(([match]) => {
      const line = text.split("\n").findIndex((each) => each.includes(match.trim())) + 1;
      return `${path}:${line}`;
    })
  );
}
