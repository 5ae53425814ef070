import { capable } from "./permission.ts";

/** Environment variables as a command sees them; a rehearsal hands out its own. */
export interface Env {
  /** The value, `""` when set but empty, `undefined` when unset. */
  get(name: string): string | undefined;
}

/** The process's own environment; a name outside the permission table is a clear error. */
export const systemEnv: Env = {
  get: (name) => capable({ name: "env", variable: name }, () => Deno.env.get(name)),
};

/** An environment made of fixed values, over another one where it says nothing. */
export function envOf(values: Readonly<Record<string, string | undefined>>, under?: Env): Env {
  return {
    get: (name) => Object.hasOwn(values, name) ? values[name] : under?.get(name),
  };
}

/** The value of a variable; an empty one counts as unset, because an unset CI secret arrives as an empty string. */
export function given(env: Env, name: string): string | undefined {
  const value = env.get(name);
  return value === undefined || value.trim() === "" ? undefined : value;
}
