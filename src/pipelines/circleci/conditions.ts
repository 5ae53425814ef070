import { entriesOf, isList, isTable, isText, type Located } from "../../formats/located.ts";
import type { Answer } from "../model.ts";
import { textAsSeen } from "../settings.ts";
import { type Parameters, withParameters } from "./parameters.ts";

/** Whether a logic statement of `when:`, `unless:` or `condition:` is true (circleci.com/docs/configuration-reference#logic-statements). */
export function truthOf(statement: Located | undefined, parameters: Parameters): Answer {
  return statement ? judged(withParameters(statement, parameters)) : "unknown";
}

/** What `no` is to `yes`. */
export function negated(answer: Answer): Answer {
  return answer === "yes" ? "no" : answer === "no" ? "yes" : "unknown";
}

/** Whether all of them are true. */
export function all(answers: readonly Answer[]): Answer {
  return answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
}

function judged(statement: Located): Answer {
  const { value } = statement;
  if (isTable(statement)) {
    const [[operator, operand] = []] = entriesOf(statement);
    const parts = isList(operand) ? operand.value : [];
    if (operator === "and") return all(parts.map(judged));
    if (operator === "or") return negated(all(parts.map((part) => negated(judged(part)))));
    if (operator === "not") return negated(judged(operand!));
    return operator === "equal" ? equal(parts) : "unknown";
  }
  if (isList(statement)) return "unknown";
  // Since 2024 an expression in the language of its own may stand here.
  if (isText(statement) && /[\ue000<>=]|\b(?:pipeline|and|or|not)\b/.test(statement.value)) return "unknown";
  return value === null || value === false || value === 0 || value === "" ? "no" : "yes";
}

function equal(parts: readonly Located[]): Answer {
  const texts = parts.map(textAsSeen);
  if (texts.some((text) => text.includes("\ue000"))) return "unknown";
  return texts.every((text) => text === texts[0]) ? "yes" : "no";
}
