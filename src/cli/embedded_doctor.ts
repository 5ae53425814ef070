import { Embedded } from "../host/embedded.ts";

interface Doctor {
  program(argv: readonly string[]): Promise<number>;
}

/** `doctor` in a compiled program, in which this module stands where the start looks for doctor_program.ts. */
export const { program } = new Embedded(import.meta.dirname!).exports<Doctor>("doctor");
