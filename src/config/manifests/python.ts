import { normaliseRepository } from "../repository_url.ts";
import type { Manifest, ManifestReader } from "./manifest.ts";
import { readPyproject } from "./pyproject.ts";
import { readSetupCfg, readSetupPy } from "./setuptools.ts";

/** Reads the Python package in a directory from `pyproject.toml`, `setup.cfg` and `setup.py`, of which none is run. */
export const readPython: ManifestReader = async (files, directory) => {
  const said = (await Promise.all([
    readPyproject(files, directory),
    readSetupCfg(files, directory),
    readSetupPy(files, directory),
  ])).filter((says) => says !== null);
  const named = said.find((says) => says.name) ?? said[0];
  if (!named) return null;
  const decided = said.find((says) => says.version !== null || says.versionFrom !== null);
  return {
    kind: "pypi",
    directory,
    file: named.file,
    source: named.source,
    name: named.name,
    version: decided?.version ?? null,
    versionFrom: decided ? decided.versionFrom : null,
    unpublished: said.find((says) => says.unpublished)?.unpublished ?? null,
    registries: null,
    dependencies: said.flatMap((says) => says.dependencies),
    access: null,
    tag: null,
    repositoryUrl: normaliseRepository(said.find((says) => says.repository)?.repository ?? ""),
    at: named.name?.at ?? named.source.span(0, 0),
  } satisfies Manifest;
};
