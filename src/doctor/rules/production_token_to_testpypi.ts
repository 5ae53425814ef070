import type { CredentialUse } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { knownRegistry } from "../../registries/known.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { variableBlocks } from "../variables.ts";

/** PyPI and TestPyPI have separate accounts and tokens: one that goes to both is refused by one, and shown to a host that it is not for. */
export const productionTokenToTestpypi: Rule = {
  code: "production-token-to-testpypi",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const uploads = subject.publishing.filter(({ invocation }) => invocation.kind === "pypi");
    for (const test of uploads.filter((each) => isTest(each))) {
      const token = tokenOf(test);
      const other = token &&
        uploads.find((each) =>
          isProduction(each) && sameSecret(token, tokenOf(each)) && sameEnvironment(each, test)
        );
      if (other) yield shared(token!, other);
    }
    for (const block of blocks(subject)) yield* beside(block);
  },
};

function tokenOf({ invocation }: Publishing): CredentialUse | undefined {
  return invocation.credentials.find(({ holds, secret }) => holds === "token" && secret !== null);
}

function sameSecret(one: CredentialUse, other: CredentialUse | undefined): boolean {
  return other !== undefined && one.secret!.toUpperCase() === other.secret!.toUpperCase();
}

/** An environment can have a secret of its own under that name. */
function sameEnvironment({ job: one }: Publishing, { job: other }: Publishing): boolean {
  return one === other || (one.environment === null && other.environment === null);
}

function isTest({ invocation: { registry } }: Publishing): boolean {
  return registry !== null && knownRegistry(registry)?.name === "testpypi";
}

function isProduction({ invocation: { registry } }: Publishing): boolean {
  return registry === null || knownRegistry(registry)?.name === "pypi";
}

function shared(token: CredentialUse, other: Publishing): Report {
  return {
    message: `${token.secret} goes to TestPyPI, and to PyPI too`,
    at: token.at,
    label: "goes to TestPyPI",
    related: [{ at: other.invocation.at, message: "goes to PyPI here" }],
    why: ["A token of one is refused by the other, which has seen it then."],
    next: [
      "make a token at https://test.pypi.org/manage/account/ and keep it as a secret of its own, or use OIDC for both",
    ],
  };
}

/** Variables that hold together, by name. */
type Block = ReadonlyMap<string, { readonly value: string; readonly at: Location; readonly keyAt: Location }>;

function blocks({ pipelines, settings }: Subject): Block[] {
  return [
    ...variableBlocks(pipelines).map(({ env }) => env),
    ...settings.env.map(({ variables }) => new Map(variables.map((variable) => [variable.name, variable]))),
  ];
}

/** Where other names were meant for TestPyPI, the password beside its address is the one for PyPI. */
function* beside(block: Block): Iterable<Report> {
  const address = block.get("TWINE_REPOSITORY_URL") ?? block.get("TWINE_REPOSITORY");
  const password = block.get("TWINE_PASSWORD");
  const meant = [...block].find(([name]) => /^TWINE_(?:\w*PASSWORD\w*TEST|TEST\w*PASSWORD)/.test(name))?.[1];
  if (!address || !password || !meant || knownRegistry(address.value)?.name !== "testpypi") return;
  yield {
    message: "Every upload sends TWINE_PASSWORD to TestPyPI, and it seems to be the one for PyPI",
    confidence: "likely",
    at: address.keyAt,
    label: "for every upload",
    related: [
      { at: password.keyAt, message: "goes there" },
      { at: meant.keyAt, message: "twine does not read this one" },
    ],
    why: ["TestPyPI sees a token that opens PyPI, and nothing is uploaded to PyPI."],
    next: [
      "set the address for one command alone: TWINE_REPOSITORY=testpypi TWINE_PASSWORD=… twine upload dist/*",
    ],
  };
}
