import { KEYLESS_TOML } from "./schema.ts";
import type { Keys, Spec } from "./spec.ts";

/** The JSON Schema of `keyless.toml`, for editors and validators: `docs/schema/keyless.toml.json`. */
export function configSchema(): Record<string, unknown> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://keyless-dev.github.io/keyless/schema/keyless.toml.json",
    title: "keyless.toml",
    description: "What a repository publishes, and what is registered for it at the registries",
    ...tableSchema(KEYLESS_TOML),
  };
}

function tableSchema(keys: Keys): Record<string, unknown> {
  const entries = Object.entries(keys);
  const required = entries.filter(([, spec]) => spec.required).map(([key]) => key);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, spec]) => [key, specSchema(spec)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function specSchema(spec: Spec): Record<string, unknown> {
  return { description: spec.help, ...shapeOf(spec) };
}

function shapeOf(spec: Spec): Record<string, unknown> {
  switch (spec.type) {
    case "text":
      return {
        type: "string",
        ...(spec.choices ? { enum: spec.choices } : {}),
        ...(spec.form ? { pattern: spec.form.pattern.source } : {}),
        ...(spec.default !== undefined ? { default: spec.default } : {}),
      };
    case "texts":
      return { type: "array", items: { type: "string" } };
    case "table":
      return tableSchema(spec.keys);
    case "tables":
      return { type: "array", items: tableSchema(spec.keys) };
    case "named":
      return {
        type: "object",
        ...(spec.names ? { propertyNames: { pattern: spec.names.pattern.source } } : {}),
        additionalProperties: tableSchema(spec.keys),
      };
    case "ignored":
      return {};
  }
}
