import {
  COMPLETED,
  type CompletedOption,
  type CompletedVerb,
  GLOBALS,
  PROGRAMS,
  type Values,
} from "./model.ts";

/** The script that makes zsh complete keyless: to be sourced, or to be found in `$fpath` as `_keyless`. */
export function zsh(): string {
  return `#compdef ${PROGRAMS.join(" ")}
_keyless() {
  local context state state_descr line
  typeset -A opt_args
  local -a globals verbs
  globals=(
${lines(GLOBALS.map(optionSpec))}
  )
  verbs=(
${lines(COMPLETED.map(({ name, summary }) => quoted(`${name}:${summary}`)))}
  )
  _arguments -C $globals '1: :->verb' '*:: :->rest' && return
  case $state in
    verb) _describe command verbs ;;
    rest)
      case $words[1] in
${COMPLETED.map(verbCase).join("\n")}
      esac ;;
  esac
}
if [[ $funcstack[1] == _keyless ]]; then _keyless "$@"; else compdef _keyless ${PROGRAMS.join(" ")}; fi
`;
}

function verbCase({ name, options, arguments: specs, command }: CompletedVerb): string {
  const args = specs.map((spec, index) =>
    quoted(`${spec.variadic ? "*" : index + 1}:${spec.name}:${action(spec.values)}`)
  );
  // Behind "--" the words are another command's.
  const other = command ? "compset -N -- && { _normal; return }; " : "";
  return `        ${name}) ${other}_arguments $globals ${[...options.map(optionSpec), ...args].join(" ")} ;;`;
}

function optionSpec({ long, short, help, value, repeatable }: CompletedOption): string {
  const text = `[${help.replace(/[[\]\\]/g, "\\$&")}]${
    value ? `${value.attached ? "::" : ":"}${value.name}:${action(value.values)}` : ""
  }`;
  const name = value ? `${long}${value.attached ? "=-" : "="}` : long;
  if (!short) return quoted(`${repeatable ? "*" : ""}${name}${text}`);
  return `${quoted(`(${long} ${short})`)}{${name},${short}}${quoted(text)}`;
}

function action(values: Values): string {
  if (values === "file") return "_files";
  if (values === "directory") return "_files -/";
  return values === "anything" ? " " : `(${values.join(" ")})`;
}

function lines(specs: readonly string[]): string {
  return specs.map((spec) => `    ${spec}`).join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
