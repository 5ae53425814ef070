import type { CargoFile, CargoProviders } from "../../credentials/files/cargo.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { variablesAt } from "../variables.ts";

const STORES = ["cargo:libsecret", "cargo:macos-keychain", "cargo:wincred"];

/** A committed choice of a password store holds for the CI too, where there is none. */
export const cargoProviderNeedsDesktop: Rule = {
  code: "cargo-provider-needs-desktop",
  severity: "error",
  confidence: "likely",
  phase: "credentials",
  *check(subject) {
    const { settings, publishing } = subject;
    for (const file of settings.cargo) {
      if (
        file.kind !== "config" || ["ignored", "untracked"].includes(settings.keeping.get(file.path) ?? "")
      ) continue;
      for (const choice of file.providers) {
        const store = blocking(choice);
        const job = store === null ? undefined : publishing.find((each) => takes(each, choice));
        if (job) yield reportOf(file, choice, store!, job);
      }
    }
  },
};

/** The store that cargo asks before it would take a token from a variable. */
function blocking({ key, providers }: CargoProviders): string | null {
  if (key === "credential-provider") return STORES.find((store) => providers[0] === store) ?? null;
  // The last one is asked first; only libsecret fails where it cannot work, the others pass.
  const [store, token] = ["cargo:libsecret", "cargo:token"].map((name) => providers.lastIndexOf(name));
  return store! > token! ? "cargo:libsecret" : null;
}

/** Whether a job publishes crates on a machine of GitHub's, with the settings of the repository. */
function takes(each: Publishing, { table }: CargoProviders): boolean {
  const { invocation, job } = each;
  const labels = job.runner?.labels ?? [];
  return invocation.client === "cargo" && table === "registry" &&
    labels.length > 0 && labels.every((label) => /^(?:ubuntu|windows|macos)-/.test(label)) &&
    !OVERRIDES.some((name) => variablesAt(each).has(name));
}

const OVERRIDES = ["CARGO_REGISTRY_CREDENTIAL_PROVIDER", "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS"];

function reportOf(
  { path }: CargoFile,
  { key, keyAt }: CargoProviders,
  store: string,
  { job, invocation }: Publishing,
): Report {
  return {
    message: `${path} sends cargo to ${store} for its token, also in job "${job.id}"`,
    at: keyAt,
    label: `asks ${store}`,
    related: [{ at: invocation.at, message: "publishes here, where there is no such store" }],
    why: [
      key === "credential-provider"
        ? "It is then the only place that cargo asks: CARGO_REGISTRY_TOKEN is ignored."
        : "Without a desktop session it fails, and cargo stops instead of asking the next one.",
    ],
    next: [
      "set CARGO_REGISTRY_CREDENTIAL_PROVIDER: cargo:token in the step that publishes",
      "or move the setting to ~/.cargo/config.toml of whoever wants it",
    ],
  };
}
