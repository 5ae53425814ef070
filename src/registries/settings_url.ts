import { normalName } from "./pypi_normal_name.ts";
import type { Kind, Registry } from "./registry.ts";

/** Where the publisher records of a package are changed, by the kind of its registry. */
export const SETTINGS_URLS: Readonly<Record<Kind, (registry: Registry, name: string) => string>> = {
  crates: ({ endpoints }, name) =>
    `${endpoints.web ?? endpoints.api}/crates/${encodeURIComponent(name)}/settings`,
  pypi: ({ endpoints }, name) =>
    `${endpoints.web ?? endpoints.api}/manage/project/${
      encodeURIComponent(normalName(name))
    }/settings/publishing/`,
  npm: ({ endpoints }, name) =>
    endpoints.web === null ? endpoints.index : `${endpoints.web}/package/${name}/access`,
};
