import type { Package } from "../config/project.ts";
import type { Problem } from "../problem.ts";
import type { Registry } from "../registries/registry.ts";
import type { PackedPackage } from "./manifest.ts";
import type { Plan } from "./plan.ts";

/** What happens during a release, as it happens. Whoever listens decides how it looks. */
export type ReleaseEvent =
  | { readonly type: "planned"; readonly plan: Plan }
  | { readonly type: "packing"; readonly packages: readonly Package[] }
  | { readonly type: "packed"; readonly package: PackedPackage; readonly client: string }
  /** A line of a client's own output, redacted. */
  | { readonly type: "line"; readonly text: string }
  /** Some packages of this release are there already, with the same bytes: an earlier run stopped half-way. */
  | { readonly type: "resumed"; readonly there: readonly string[]; readonly missing: readonly string[] }
  | { readonly type: "exchanged"; readonly registry: Registry; readonly package: string | null }
  | {
    readonly type: "refused";
    readonly registry: Registry;
    readonly package: string | null;
    readonly problem: Problem;
  }
  | { readonly type: "uploading"; readonly package: Package; readonly version: string }
  | {
    readonly type: "uploaded";
    readonly package: Package;
    readonly version: string;
    readonly digest: string;
  }
  | {
    readonly type: "failed";
    readonly package: Package;
    readonly version: string;
    readonly problem: Problem;
  }
  | {
    readonly type: "fallback";
    readonly package: Package;
    readonly where: string;
    readonly problem: Problem;
  }
  | { readonly type: "proved"; readonly package: Package; readonly proof: Proof };

/** What the registry shows of a version that was uploaded. */
export interface Proof {
  /** `pending`: accepted, but not visible within the time that was waited. */
  readonly visible: "yes" | "pending";
  /** Seconds from the upload until it was visible. */
  readonly seconds: number;
  /** Whether the registry names this run as the publisher; `unnamed` where it names nobody. */
  readonly publisher: "this-run" | "another" | "unnamed";
  /** Where the registry says so. */
  readonly source: string | null;
}

export type Observer = (event: ReleaseEvent) => void;
