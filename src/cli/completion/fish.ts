import { COMPLETED, type CompletedOption, GLOBALS, type Values } from "./model.ts";

/** The script that makes fish complete keyless. */
export function fish(): string {
  const valued = GLOBALS.filter(({ value }) => value).flatMap(({ long, short }) =>
    short ? [long, short] : [long]
  );
  const lines = [
    ...GLOBALS.map((option) => optionLine("", option)),
    ...COMPLETED.flatMap(({ name, summary, options, arguments: specs }) => [
      `complete -c keyless -n __keyless_verb -a ${name} -d ${quoted(summary)}`,
      ...options.map((option) => optionLine(` -n '__keyless_verb ${name}'`, option)),
      ...specs.slice(0, 1).flatMap(({ values }) => argumentLine(name, values)),
    ]),
  ];
  return `# fish completion of keyless: keyless completions fish > ~/.config/fish/completions/keyless.fish
# Whether the command is the one named, or, where none is named, whether there is none yet.
function __keyless_verb
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
    else if contains -- $word ${valued.join(" ")}
      set skip 1
    else if not string match -q -- '-*' $word
      test "$word" = "$argv[1]"
      return
    end
  end
  test -z "$argv[1]"
end
complete -c keyless-open -w keyless
complete -c keyless -f
${lines.join("\n")}
`;
}

function optionLine(condition: string, { long, short, help, value }: CompletedOption): string {
  const names = `-l ${long.slice(2)}${short ? ` -s ${short.slice(1)}` : ""}`;
  return `complete -c keyless${condition} ${names}${value ? ` ${taken(value)}` : ""} -d ${quoted(help)}`;
}

function argumentLine(verb: string, values: Values): string[] {
  const condition = `complete -c keyless -n '__keyless_verb ${verb}'`;
  if (values === "anything") return [];
  if (values === "file") return [`${condition} -F`];
  if (values === "directory") return [`${condition} -a '(__fish_complete_directories)'`];
  return [`${condition} -a ${quoted(values.join(" "))}`];
}

function taken({ values, attached }: NonNullable<CompletedOption["value"]>): string {
  if (values === "file") return "-r -F";
  if (values === "directory") return "-x -a '(__fish_complete_directories)'";
  if (values === "anything") return "-x";
  // Without -x the value may be left out, and is completed behind "=" alone.
  return `${attached ? "" : "-x "}-a ${quoted(values.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
