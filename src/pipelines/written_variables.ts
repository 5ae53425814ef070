import { literally } from "../formats/literally.ts";
import { filling } from "./filling.ts";

/** `${{ env.NAME }}` */
const ASKED = /\$\{\{\s{0,9}env\.([A-Za-z_]\w{0,100})\s{0,9}\}\}/g;

/** A text with the variables in it that a workflow writes down, and that no step of it may set anew; the others stay as they are. */
export function withWritten(
  text: string,
  variables: ReadonlyMap<string, { readonly value: string }>,
  workflow: string,
): string {
  if (!text.includes("env.")) return text;
  return filling(text, ASKED, ([expression, name]) => {
    const value = variables.get(name!)?.value;
    return value === undefined || value.includes("${{") || setsAnew(name!, workflow) ? expression : value;
  });
}

function setsAnew(name: string, workflow: string): boolean {
  return workflow.includes("GITHUB_ENV") &&
    new RegExp(`(?<![\\w.-])${literally(name)}(?:=|<<)`).test(workflow);
}
