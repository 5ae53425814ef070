import { given } from "../../host/env.ts";
import { ProgramMissing, run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import { type Environment, uploadEnvironment } from "./environment.ts";
import { TOP } from "./version.ts";

/** Where cargo and rustup keep their things, by their full names, so that a child may have another home. */
export function cargoHomes(session: Session): Environment {
  const home = given(session.env, "HOME") ?? given(session.env, "USERPROFILE") ?? "";
  return {
    CARGO_HOME: given(session.env, "CARGO_HOME") ?? `${home}/.cargo`,
    RUSTUP_HOME: given(session.env, "RUSTUP_HOME") ?? `${home}/.rustup`,
  };
}

/**
 * The toolchain by name, as `RUSTUP_TOOLCHAIN`, so that packing and uploading use the same cargo and no directory has a say when the
 * upload runs. The repository may choose among the installed toolchains; one that it brings along itself (`path` in its toolchain
 * file) is project code, and the user's own is used instead. Empty without rustup.
 */
export async function pinnedToolchain(session: Session, directory: string): Promise<Environment> {
  const chosen = given(session.env, "RUSTUP_TOOLCHAIN");
  if (chosen) return { RUSTUP_TOOLCHAIN: chosen };
  const name = await active(session, directory) ?? await active(session, TOP);
  return name === null ? {} : { RUSTUP_TOOLCHAIN: name };
}

async function active(session: Session, cwd: string): Promise<string | null> {
  const env = { ...uploadEnvironment(session, null), ...cargoHomes(session) };
  try {
    const { stdout, stderr } = await run({
      program: "rustup",
      args: ["show", "active-toolchain"],
      cwd,
      env,
      timeout: 60_000,
    });
    // One that is not installed yet is named in the complaint; rustup installs it when cargo starts.
    const name = /^\S+/.exec(stdout)?.[0] ?? /toolchain '([^']+)' is not installed/.exec(stderr)?.[1];
    return name && /^[A-Za-z0-9][\w.+-]*$/.test(name) ? name : null;
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
