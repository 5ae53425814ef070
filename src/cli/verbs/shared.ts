import type { ArgumentSpec, OptionSpec } from "../verb.ts";

/** The packages of the project that a command works on. */
export const PACKAGES: ArgumentSpec = {
  name: "PACKAGE",
  required: false,
  variadic: true,
  help:
    "names of packages, or REGISTRY:NAME where a name stands in several registries; all of them when absent",
};

/** The registry that a token is for. */
export const REGISTRY: ArgumentSpec = {
  name: "REGISTRY",
  required: true,
  variadic: false,
  help: "crates.io, pypi, npm, testpypi, or the name of a [registry.NAME] in keyless.toml",
};

/** Where packed files are. */
export const ARTIFACTS: OptionSpec = {
  long: "--artifacts",
  value: "DIR",
  help: "upload what `keyless pack` left in DIR; without it, packing is part of the command",
};

/** Narrows a report. */
export const ONE_PACKAGE: OptionSpec = {
  long: "--package",
  value: "NAME",
  help: "look at this package alone",
};

/** Goes on although there are changes that will not ship. */
export const ALLOW_DIRTY: OptionSpec = {
  long: "--allow-dirty",
  help: "although files are changed and not committed",
};

/** The package that a token is for. */
export const TOKEN_PACKAGE: OptionSpec = {
  long: "--package",
  value: "NAME",
  help: "for this package; npm needs one",
};
