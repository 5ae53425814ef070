import { write } from "../host/terminal.ts";
import { VERSION } from "../version.ts";

/**
 * Answers a command line; resolves with the exit code and never rejects. The version, which scripts ask for most, loads nothing
 * else; help and wrong usage load the shell; what remains is the program's, which is bundled apart: nothing passes between the two
 * but plain data (docs/decisions/0004-the-start-is-a-bundle-of-its-own.md).
 */
export async function start(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    try {
      write("stdout", `keyless ${VERSION}\n`);
      return 0;
    } catch {
      // The shell tries once more, and says what is wrong with stdout.
    }
  }
  // cargo starts its credential provider with this word in front.
  const answered = argv[0] === "--cargo-plugin" ? null : (await import("./shell.ts")).answer(argv);
  if (typeof answered === "number") return answered;
  if (answered?.verb.name === "doctor") {
    const { program } = await import("./doctor_program.ts");
    return await program(answered);
  }
  const { program, provider } = await import("./program.ts");
  return answered ? await program(answered) : await provider();
}
