import { Embedded } from "../host/embedded.ts";
import type { CallRequest } from "./arguments.ts";

interface Doctor {
  program(request: CallRequest): Promise<number>;
}

/** `doctor` in a compiled program, in which this module stands where the start looks for doctor_program.ts. */
export const { program } = new Embedded(import.meta.dirname!).exports<Doctor>("doctor");
