import { assertEquals } from "@std/assert";
import { type Operator, operatorOf } from "../../src/doctor/runners.ts";

const LABELS: readonly [Operator, ...string[]][] = [
  [
    "github",
    "ubuntu-latest",
    "ubuntu-24.04-arm",
    "windows-2025-vs2026",
    "macos-15-intel",
    "macos-latest-xlarge",
  ],
  ["github", "ubuntu-slim", "ubuntu-22.04-16core", "windows-latest-8-cores"],
  ["own", "self-hosted", "Self-Hosted"],
  ["other", "depot-ubuntu-24.04", "blacksmith-4vcpu-ubuntu-2404", "buildjet-2vcpu-ubuntu-2204", "runs-on=1"],
  [null, "linux", "x64", "release-machine"],
];

Deno.test("a label tells who runs the machine", () => {
  for (const [operator, ...labels] of LABELS) {
    for (const label of labels) assertEquals(operatorOf(label), operator, label);
  }
});
