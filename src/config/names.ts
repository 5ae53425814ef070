import { normalName } from "../registries/pypi_normal_name.ts";
import type { Kind } from "../registries/registry.ts";

/** The names that each kind of registry accepts; npm keeps upper-case letters of its early days. */
const FORMS: Readonly<Record<Kind, RegExp>> = {
  crates: /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
  pypi: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  npm: /^(?=.{1,214}$)(?:@[A-Za-z0-9~-][\w.~-]*\/)?[A-Za-z0-9~-][\w.~-]*$/,
};

/** Whether a registry of this kind could have a package of that name. */
export function isPackageName(kind: Kind, name: string): boolean {
  return FORMS[kind].test(name);
}

/** What names are compared by: PyPI takes `-`, `_`, `.` and letter case for the same. */
export function comparableName(kind: Kind, name: string): string {
  return kind === "pypi" ? normalName(name) : name;
}
