/** Lower-case ASCII letters and digits; everything else becomes one hyphen. */
export function slug(title) {
  return title.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
