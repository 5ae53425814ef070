import { given } from "../../host/env.ts";
import { kindOf } from "../../host/files.ts";
import { ProgramMissing, run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import { type Environment, uploadEnvironment } from "./environment.ts";
import { parent } from "./cargo_workspace.ts";
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
 *
 * @param tree The private tree that `directory` is in.
 */
export async function pinnedToolchain(
  session: Session,
  directory: string,
  tree: string,
): Promise<Environment> {
  const chosen = given(session.env, "RUSTUP_TOOLCHAIN");
  if (chosen) return { RUSTUP_TOOLCHAIN: chosen };
  const place = await deciding(directory, tree);
  const asked = toolchains.get(place) ?? activeOrOwn(session, place);
  toolchains.set(place, asked);
  const name = await asked;
  return name === null ? {} : { RUSTUP_TOOLCHAIN: name };
}

/** By directory; trees are private to a run, so one answer holds for all crates and for packing and uploading. */
const toolchains = new Map<string, Promise<string | null>>();

/** The nearest directory with a toolchain file, at most up to the tree's own: in all below it rustup decides the same. */
async function deciding(directory: string, tree: string): Promise<string> {
  let place = directory;
  while (place.length > tree.length) {
    const files = [`${place}/rust-toolchain.toml`, `${place}/rust-toolchain`];
    if ((await Promise.all(files.map((file) => kindOf(file)))).includes("file")) break;
    place = parent(place);
  }
  return place;
}

async function activeOrOwn(session: Session, place: string): Promise<string | null> {
  return await active(session, place) ?? await active(session, TOP);
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
