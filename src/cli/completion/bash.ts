import {
  COMPLETED,
  type CompletedOption,
  type CompletedVerb,
  GLOBALS,
  PROGRAMS,
  type Values,
} from "./model.ts";

/** The script that makes bash, from 3.2 on, complete keyless. */
export function bash(): string {
  const verbs = COMPLETED.map(({ name }) => name);
  const attached = COMPLETED.flatMap(({ options }) => options).filter(({ value }) => value?.attached).flatMap(
    namesOf,
  );
  const valued = GLOBALS.filter(({ value }) => value).flatMap(namesOf);
  return `# bash completion of keyless: source <(keyless completions bash)
_keyless() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local verb="" skip="" word="" words="" paths="" index
  # bash cuts --option=value into three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  else
    # A value behind "=" alone is no word of its own.
    case $previous in ${attached.join("|")}) previous="" ;; esac
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == "=" ]]; then skip=1
    elif [[ -n $skip ]]; then skip=""
    else
      case $word in
        --) verb="--"; break ;;
        ${valued.join("|")}) skip=1 ;;
        -*) ;;
        *) [[ -n $verb ]] || verb=$word ;;
      esac
    fi
  done
  case "$verb $previous" in
    "-- --") paths=-c ;;
    "-- "*) paths=-f ;;
${[...GLOBALS.flatMap((option) => caseOf("*", option)), ...COMPLETED.flatMap(casesOf)].join("\n")}
    *)
      case "$verb $current" in
        " -"*) words="${GLOBALS.flatMap(namesOf).join(" ")}" ;;
        " "*) words="${verbs.join(" ")}" ;;
${COMPLETED.flatMap(positions).join("\n")}
      esac ;;
  esac
  if [[ -n $paths ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen $paths -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _keyless ${PROGRAMS.join(" ")}
`;
}

function namesOf({ long, short }: CompletedOption): string[] {
  return short ? [long, short] : [long];
}

function casesOf({ name, options }: CompletedVerb): string[] {
  return options.flatMap((option) => caseOf(name, option));
}

/** What is offered behind an option that takes a value. */
function caseOf(verb: string, option: CompletedOption): string[] {
  if (!option.value) return [];
  const patterns = namesOf(option).map((name) => verb === "*" ? `*" ${name}"` : `"${verb} ${name}"`);
  return [`    ${patterns.join("|")}) ${offer(option.value.values)} ;;`];
}

/** What is offered where no option waits for its value. */
function positions({ name, options, arguments: specs }: CompletedVerb): string[] {
  const names = [...options, ...GLOBALS].flatMap(namesOf).join(" ");
  const values = specs.at(0)?.values ?? "anything";
  return [`        "${name} -"*) words="${names}" ;;`, `        "${name} "*) ${offer(values)} ;;`];
}

function offer(values: Values): string {
  if (values === "file") return "paths=-f";
  if (values === "directory") return "paths=-d";
  return values === "anything" ? ":" : `words="${values.join(" ")}"`;
}
