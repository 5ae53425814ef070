import { assertEquals } from "@std/assert";
import { asPermissionError } from "../../src/host/permission.ts";
import { KeylessError } from "../../src/problem.ts";

const cases: readonly [Deno.PermissionDescriptor, string, string][] = [
  [
    { name: "net", host: "packages.example.com" },
    "talk to packages.example.com",
    "--allow-net=packages.example.com",
  ],
  [
    { name: "env", variable: "COMPANY_TOKEN" },
    "read the variable COMPANY_TOKEN",
    "--allow-env=COMPANY_TOKEN",
  ],
  [{ name: "run", command: "curl" }, "run curl", "--allow-run=curl"],
  [{ name: "read", path: "/etc/x" }, "read /etc/x", "--allow-read=/etc/x"],
  [{ name: "write", path: "/etc/x" }, "write /etc/x", "--allow-write=/etc/x"],
];

for (const [access, what, flag] of cases) {
  Deno.test(`without the permission to ${what}, the flag that gives it is named`, () => {
    for (
      const refusal of [
        new Deno.errors.NotCapable("x"),
        new TypeError("fetch failed", { cause: new Deno.errors.NotCapable("x") }),
      ]
    ) {
      const error = asPermissionError(access, refusal) as KeylessError;
      assertEquals(error.problem.message.startsWith(`keyless may not ${what}`), true, error.problem.message);
      assertEquals(error.problem.next, [`add ${flag} to the flags of deno run`]);
      assertEquals(error.exit, 2);
    }
  });
}

Deno.test("any other error stays what it is", () => {
  const error = new TypeError("x");
  assertEquals(asPermissionError({ name: "net" }, error), error);
});
