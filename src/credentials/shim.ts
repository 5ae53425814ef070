import { writeAtomic } from "../host/files.ts";
import { type Program, thisProgram } from "../host/program.ts";
import { LINK_VARIABLE } from "./cargo_provider.ts";

/**
 * Absolute path of a program that is keyless as cargo's credential provider. Cargo starts it with `--cargo-plugin` and nothing else,
 * so where Deno runs keyless a script in `directory` says how. It holds no secret and may do nothing but ask its parent.
 *
 * @param home Where Deno has its cache; the clients are given another home.
 */
export async function providerProgram(
  directory: string,
  home: string,
  program: Program = thisProgram(),
): Promise<string> {
  if (program.standalone) return program.executable;
  const flags = [
    "-q",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--allow-net=127.0.0.1",
    `--allow-env=${LINK_VARIABLE}`,
  ];
  const command = [program.executable, "run", ...flags, program.main].map(quote).join(" ");
  const path = `${directory}/keyless-provider`;
  await writeAtomic(path, `#!/bin/sh\nHOME=${quote(home)} exec ${command} "$@"\n`, { mode: 0o700 });
  return path;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
