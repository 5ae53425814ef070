import { list, readText } from "../host/files.ts";
import { KeylessError } from "../problem.ts";

/** What the file is called. */
const FILE = /^(?:licen[cs]es?|copying|unlicense)\b/i;
/** Words of licences under which everybody may copy what lies there. */
const OPEN =
  /\bMIT\b|Apache|\bBSD\b|\b[AL]?GPL\b|GNU \w+ General|General Public|Mozilla Public|Eclipse Public|European Union Public|\bISC\b|Permission is hereby granted|Redistribution and use|Boost Software|Artistic License|Creative Commons|public domain/i;
const LARGEST = 1 << 18;

/** Whether a directory has the text of an open licence. */
export async function hasOpenLicence(directory: string): Promise<boolean> {
  try {
    for (const { name, isFile } of await list(directory)) {
      const text = isFile && FILE.test(name) ? await readText(`${directory}/${name}`, LARGEST) : null;
      if (text !== null && OPEN.test(text)) return true;
    }
    return false;
  } catch (error) {
    // What cannot be read is no licence.
    if (error instanceof KeylessError) return false;
    throw error;
  }
}
