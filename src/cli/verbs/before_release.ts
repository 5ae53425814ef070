import { EVENTS } from "../../pipelines/events.ts";
import type { Verb } from "../verb.ts";
import { ALLOW_DIRTY, ARTIFACTS, ONE_PACKAGE, PACKAGES } from "./shared.ts";

/** What one runs before a release; none of them publishes anything. */
export const BEFORE_RELEASE: readonly Verb[] = [
  {
    name: "doctor",
    group: "Before a release",
    summary: "find every mistake of the publishing set-up, with its cause and its repair",
    about: [
      "Reads the CI files, keyless.toml and the manifests, and reports in one pass whatever would stop a release or put a credential at risk. Changes nothing without --fix.",
      "The records at crates.io are compared too when CRATES_IO_DOCTOR_TOKEN is set, and those at npm when --npm-trust has what `npm trust list NAME --json` printed.",
    ],
    arguments: [{
      name: "PATH",
      required: false,
      variadic: true,
      help: "CI files to look at; all of them when absent",
    }],
    options: [
      {
        long: "--format",
        value: "FORMAT",
        choices: ["terminal", "json", "sarif", "github", "markdown", "junit"],
        help: "how to show what was found",
      },
      {
        long: "--fail-on",
        value: "SEVERITY",
        choices: ["error", "warning", "info", "unverified", "never"],
        help: "exit 1 from this severity on (default error)",
      },
      { long: "--only", value: "CODE", repeatable: true, help: "report this code alone" },
      ONE_PACKAGE,
      { long: "--baseline", value: "FILE", help: "leave out the findings that are in FILE" },
      { long: "--write-baseline", value: "FILE", help: "put all present findings into FILE, for --baseline" },
      {
        long: "--fix",
        value: "HOW",
        bare: "safe",
        choices: ["safe", "unsafe"],
        help:
          "repair what can be repaired without changing anything else; unsafe: what may change behaviour too",
      },
      { long: "--diff", help: "show the repairs as a patch, and write nothing" },
      {
        long: "--npm-trust",
        value: "FILE",
        repeatable: true,
        help:
          "compare with what `npm trust list NAME --json` printed into FILE; NAME=FILE says of which package",
      },
      {
        long: "--live",
        help: "in CI: exchange this job's OIDC token at every registry, and burn what it gives",
      },
      { long: "--create-project", help: "with --live: let PyPI turn a pending publisher into a project" },
      { long: "--spend-one-shot", help: "with --live: use up an OIDC token that the CI gives only once" },
      {
        long: "--stdin-filename",
        value: "PATH",
        help: "look at one file, whose text comes from stdin, as if it stood at PATH; for editors",
      },
    ],
    examples: [
      { line: "keyless doctor", what: "check everything in this repository" },
      { line: "keyless doctor --format github", what: "in a pull request: findings as annotations" },
      {
        line: "keyless doctor --only missing-id-token .github/workflows/release.yml",
        what: "one rule, one file",
      },
      { line: "keyless doctor --diff", what: "see what --fix would write" },
      { line: "keyless doctor --format sarif --fail-on never", what: "for GitHub's code scanning" },
      { line: "keyless doctor --write-baseline baseline.json", what: "accept what is there today" },
      { line: "keyless doctor --baseline baseline.json", what: "from then on, only what is new" },
    ],
    permissions: ["paths", "git", "registries", "identity", "credentials"],
    exits: {
      "0": "no problem",
      "1": "problems found",
      "3": "nothing is published from here, or --live exchanged nothing",
    },
  },
  {
    name: "plan",
    group: "Before a release",
    summary: "show what would be published, in which order, by which credential",
    about: ["Asks the registries what is there. Uploads nothing and mints no token."],
    arguments: [PACKAGES],
    options: [{ ...ARTIFACTS, help: "plan with the files that `keyless pack` left in DIR" }, ALLOW_DIRTY],
    examples: [
      { line: "keyless plan", what: "every package of this repository" },
      { line: "keyless plan widget-core widget", what: "two packages and their order" },
      { line: "keyless plan --json", what: "the same for a program" },
    ],
    permissions: ["paths", "git", "clients", "registries", "identity", "credentials"],
    exits: {
      "0": "something would be published",
      "1": "something blocks the release",
      "3": "nothing to publish",
    },
  },
  {
    name: "rehearse",
    group: "Before a release",
    summary: "run the whole release with the real clients, against registries on this machine",
    about: [
      "Starts registries and an OIDC issuer on 127.0.0.1 that enforce the trust policies which keyless.toml declares, and publishes to them. Nothing leaves this machine.",
      "The job that will publish is found in the CI files; the options say which one, where several could.",
    ],
    arguments: [PACKAGES],
    options: [
      { long: "--serve", help: "start the registries, say where they are, and wait" },
      { long: "--workflow", value: "FILE", help: "rehearse as this workflow, e.g. release.yml" },
      {
        long: "--job",
        value: "ID",
        help: "rehearse as this job of it; with both, also where no step is seen to publish",
      },
      { long: "--environment", value: "NAME", help: "claim this environment" },
      { long: "--ref", value: "REF", help: "claim this ref, e.g. v1.4.0 or refs/tags/v1.4.0" },
      { long: "--event", value: "NAME", choices: Object.keys(EVENTS), help: "claim this event" },
    ],
    examples: [
      { line: "keyless rehearse", what: "everything, as the job that publishes" },
      { line: "keyless rehearse widget --ref refs/tags/v1.4.0", what: "one package, as the run of a tag" },
      {
        line: "keyless rehearse --workflow release.yml --job publish",
        what: "as this job, whose script publishes",
      },
    ],
    permissions: ["paths", "git", "clients", "loopback", "identity"],
    exits: {
      "0": "the release would go through",
      "1": "the release would stop",
      "3": "nothing to rehearse",
    },
  },
];
