import type { Verb } from "../verb.ts";

/** What is about keyless itself. */
export const MORE: readonly Verb[] = [
  {
    name: "cargo-credential",
    group: "More",
    summary: "answer cargo's request for a credential",
    about: [
      "Speaks cargo's credential protocol on stdin and stdout. cargo starts it, as `keyless --cargo-plugin`; nobody types it.",
      'With `credential-provider = ["keyless", "cargo-credential"]` in cargo\'s configuration, your own `cargo publish` gets a short-lived token.',
    ],
    arguments: [],
    options: [],
    examples: [{ line: "keyless cargo-credential", what: "what cargo starts" }],
    permissions: ["paths", "git", "identity", "registries", "loopback"],
    hidden: true,
  },
  {
    name: "explain",
    group: "More",
    summary: "explain a code: why it happens and what to do",
    about: ["Every error and finding has a code; its page is part of the program and needs no network."],
    arguments: [{ name: "CODE", required: false, variadic: false, help: "the code, e.g. missing-id-token" }],
    options: [{ long: "--list", help: "all codes, each with what it means" }],
    examples: [
      { line: "keyless explain missing-id-token", what: "cause, repair, example" },
      { line: "keyless explain --list", what: "all codes" },
    ],
    permissions: [],
  },
  {
    name: "completions",
    group: "More",
    summary: "print what makes a shell complete commands, options and codes",
    about: [
      "bash: put `source <(keyless completions bash)` into ~/.bashrc.",
      "zsh: write it into a file _keyless in a directory of $fpath, before compinit runs.",
      "fish: write it to ~/.config/fish/completions/keyless.fish.",
    ],
    arguments: [{ name: "SHELL", required: true, variadic: false, help: "bash, zsh or fish" }],
    options: [],
    examples: [
      { line: "keyless completions bash", what: "for bash 3.2 or newer" },
      { line: "keyless completions fish", what: "for fish" },
    ],
    permissions: [],
  },
  {
    name: "help",
    group: "More",
    summary: "show help for a command",
    about: [
      "Shows what a command does, its options, examples and exit codes. The same as `keyless COMMAND --help`.",
    ],
    arguments: [{
      name: "COMMAND",
      required: false,
      variadic: false,
      help: "the command; all of them when absent",
    }],
    options: [],
    examples: [
      { line: "keyless help", what: "all commands" },
      { line: "keyless help publish", what: "one command" },
    ],
    permissions: [],
  },
];
