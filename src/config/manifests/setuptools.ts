import { get, textOf } from "../../formats/located.ts";
import { SourceText } from "../../formats/positions.ts";
import { readSetupCall } from "../../formats/python.ts";
import { plainLine } from "../../host/redact.ts";
import { inside } from "../paths.ts";
import type { ProjectFiles } from "./files.ts";
import { privateBecause, requirement, type Says } from "./python_metadata.ts";

/** `[metadata]` and `[options]` of `setup.cfg`; `null` where there are none. */
export async function readSetupCfg(files: ProjectFiles, directory: string): Promise<Says | null> {
  const file = inside(directory, "setup.cfg");
  const parsed = await files.ini(file);
  const metadata = get(parsed?.root, "metadata");
  if (!parsed || !metadata) return null;
  const version = textOf(metadata, "version")?.value ?? null;
  const computed = version !== null && /^(?:attr|file):/.test(version);
  const urls = textOf(metadata, "project_urls")?.value ?? "";
  return {
    file,
    source: parsed.source,
    name: textOf(metadata, "name"),
    version: computed ? null : version,
    versionFrom: computed ? `${plainLine(version, 120)} in ${plainLine(file)}` : null,
    unpublished: privateBecause(textOf(metadata, "classifiers")?.value.split("\n") ?? []),
    dependencies: (textOf(parsed.root, "options", "install_requires")?.value ?? "").split("\n").flatMap(
      requirement,
    ),
    repository: /^(?:source|repository|code|github)[^=\r\n]*=\s*(\S+)/im.exec(urls)?.[1] ??
      textOf(metadata, "url")?.value ?? null,
  };
}

/** The `setup(…)` call of `setup.py`, as far as it can be read without running it; `null` where there is none. */
export async function readSetupPy(files: ProjectFiles, directory: string): Promise<Says | null> {
  const file = inside(directory, "setup.py");
  const text = await files.text(file);
  const call = text === null ? null : readSetupCall(text, file);
  if (!call) return null;
  const version = call.text("version")?.value ?? null;
  const scm = call.has("use_scm_version");
  return {
    file,
    source: new SourceText(text!, file),
    name: call.text("name"),
    version,
    versionFrom: version === null && (call.has("version") || scm) ? `the code of ${plainLine(file)}` : null,
    unpublished: null,
    dependencies: (call.texts("install_requires") ?? []).flatMap(({ value }) => requirement(value)),
    repository: call.text("url")?.value ?? null,
  };
}
