import { KeylessError, type Problem } from "../problem.ts";

/** `true` in a compiled program, where permissions are fixed. */
export function isBuild(): boolean {
  return Deno.build.standalone;
}

/** Runs `act`; a missing permission becomes one clear problem instead of Deno's own error. */
export function capable<T>(access: Deno.PermissionDescriptor, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asPermissionError(access, error);
  }
}

/** The same for promises. */
export async function capableAsync<T>(access: Deno.PermissionDescriptor, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asPermissionError(access, error);
  }
}

/** `error` itself, or a {@link KeylessError} where Deno refused `access`. */
export function asPermissionError(access: Deno.PermissionDescriptor, error: unknown): unknown {
  // fetch() wraps the refusal in a TypeError on some versions.
  const refused = error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && error.cause instanceof Deno.errors.NotCapable);
  return refused ? new KeylessError(missingPermission(access), { exit: 2, cause: error }) : error;
}

function missingPermission(access: Deno.PermissionDescriptor): Problem {
  const { what, flag } = describe(access);
  return isBuild()
    ? {
      code: "permission-missing",
      message: `This build of keyless may not ${what}`,
      why: [
        "The permissions of a compiled program are fixed when it is built; this one is made for the public registries.",
      ],
      next: [
        "use keyless-open (same release, same checksums file)",
        `or deno run with ${flag} added to the flags in the README`,
      ],
    }
    : {
      code: "permission-missing",
      message: `keyless may not ${what}: this run was not given ${flag.split("=")[0]} for it`,
      next: [`add ${flag} to the flags of deno run`],
    };
}

function describe(access: Deno.PermissionDescriptor): { what: string; flag: string } {
  switch (access.name) {
    case "env":
      return { what: `read the variable ${access.variable}`, flag: `--allow-env=${access.variable}` };
    case "net":
      return { what: `talk to ${access.host}`, flag: `--allow-net=${access.host}` };
    case "run":
      return { what: `run ${access.command}`, flag: `--allow-run=${access.command}` };
    case "read":
      return { what: `read ${access.path}`, flag: `--allow-read=${access.path}` };
    case "write":
      return { what: `write ${access.path}`, flag: `--allow-write=${access.path}` };
    default:
      return { what: `use ${access.name}`, flag: `--allow-${access.name}` };
  }
}
