import { expressionsIn, flowsOf } from "../formats/expression_text.ts";

/** Whether the value of a setting holds a secret, any without `secret`; one that only asks about it, as `${{ secrets.X != '' }}` does, holds none. */
export function holdsSecret(value: string, secret: string | null = null): boolean {
  const wanted = secret === null ? null : `secrets.${secret.toLowerCase()}`;
  return expressionsIn(value).some(({ expression }) =>
    flowsOf(expression).some(({ path }) =>
      path === wanted || path === "secrets" || path === "secrets.*" ||
      wanted === null && path.startsWith("secrets.")
    )
  );
}
