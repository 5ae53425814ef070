import type { Problem } from "../problem.ts";

/** What a key may hold. */
export type Spec = Described & (Text | Texts | Section | Ignored);

interface Described {
  /** One line for the JSON Schema, which editors show. */
  readonly help: string;
  readonly required?: true;
  /** What people write instead; suggested, not accepted. */
  readonly instead?: readonly string[];
}

interface Text {
  readonly type: "text";
  readonly choices?: readonly string[];
  readonly form?: Form;
  /** Shown in the JSON Schema. */
  readonly default?: string;
  /** What must not be written here although it is text; the place is added by the caller. */
  readonly refuse?: (text: string) => Problem | null;
}

interface Texts {
  readonly type: "texts";
}

interface Section {
  /** `table`: `[x]`; `tables`: `[[x]]`; `named`: `[x.NAME]`, the names are free. */
  readonly type: "table" | "tables" | "named";
  readonly keys: Keys;
  /** `named`: how the names must look. */
  readonly names?: Form;
}

/** Taken from files of another tool. */
interface Ignored {
  readonly type: "ignored";
  /** Why nothing is done with it; absent where nobody needs to know. */
  readonly why?: string;
}

/** The keys of a table by name. */
export type Keys = Readonly<Record<string, Spec>>;

/** How a text must look. */
export interface Form {
  readonly pattern: RegExp;
  /** Completes "… must be". */
  readonly says: string;
  /** What was probably meant. */
  readonly mend?: (text: string) => string | null;
}
