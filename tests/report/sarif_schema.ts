const text = { type: "string", minLength: 1 } as const;
const line = { type: "integer", minimum: 1 } as const;
const message = closed({ text }, ["text"]);
/** GitHub cuts a description after so many characters. */
const description = closed({ text: { ...text, maxLength: 1024 } }, ["text"]);
const level = { enum: ["none", "note", "warning", "error"] } as const;

const artifactLocation = closed({
  // A reference without scheme, and neither absolute nor out of the root.
  uri: { type: "string", pattern: "^(?!/)(?!.*(^|/)\\.\\.(/|$))[A-Za-z0-9._~!$&'()*+,;=@%/-]+$" },
  uriBaseId: { const: "%SRCROOT%" },
}, ["uri", "uriBaseId"]);

const region = closed({ startLine: line, startColumn: line, endLine: line, endColumn: line }, [
  "startLine",
  "startColumn",
  "endLine",
  "endColumn",
]);

const physicalLocation = closed({ artifactLocation, region }, ["artifactLocation", "region"]);

const rule = closed({
  id: { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
  name: { type: "string", pattern: "^[A-Z][A-Za-z0-9]*$", maxLength: 255 },
  shortDescription: description,
  fullDescription: description,
  help: closed({ text, markdown: text }, ["text", "markdown"]),
  helpUri: { type: "string", format: "uri" },
  defaultConfiguration: closed({ level }, ["level"]),
  properties: closed({
    tags: { type: "array", items: text, minItems: 1, maxItems: 10, uniqueItems: true },
    precision: { enum: ["very-high", "high", "medium", "low"] },
    "problem.severity": { enum: ["error", "warning", "recommendation"] },
    "security-severity": { type: "string", pattern: "^(10\\.0|[0-9]\\.[0-9])$" },
  }, ["tags", "precision", "problem.severity"]),
}, [
  "id",
  "name",
  "shortDescription",
  "fullDescription",
  "help",
  "helpUri",
  "defaultConfiguration",
  "properties",
]);

const replacement = closed({
  deletedRegion: region,
  insertedContent: closed({ text: { type: "string" } }, ["text"]),
}, [
  "deletedRegion",
]);

const result = closed({
  ruleId: text,
  ruleIndex: { type: "integer", minimum: 0 },
  level,
  message,
  // GitHub shows one location, and as many related ones.
  locations: {
    type: "array",
    minItems: 1,
    maxItems: 1,
    items: closed({ physicalLocation, message }, ["physicalLocation"]),
  },
  relatedLocations: {
    type: "array",
    minItems: 1,
    maxItems: 100,
    items: closed({ id: line, physicalLocation, message }, ["id", "physicalLocation", "message"]),
  },
  partialFingerprints: closed({ "keylessFingerprint/v1": text }, ["keylessFingerprint/v1"]),
  suppressions: {
    type: "array",
    minItems: 1,
    items: closed({
      kind: { enum: ["inSource", "external"] },
      status: { enum: ["accepted", "underReview", "rejected"] },
      justification: text,
    }, ["kind", "status", "justification"]),
  },
  baselineState: { enum: ["new", "unchanged", "updated", "absent"] },
  fixes: {
    type: "array",
    minItems: 1,
    items: closed({
      description: message,
      artifactChanges: {
        type: "array",
        minItems: 1,
        items: closed({
          artifactLocation,
          replacements: { type: "array", minItems: 1, items: replacement },
        }, ["artifactLocation", "replacements"]),
      },
    }, ["description", "artifactChanges"]),
  },
  properties: { type: "object" },
}, ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "properties"]);

/** What doctor writes of SARIF 2.1.0, and what GitHub's code scanning demands of it: everything else is a mistake. */
export const SARIF_SCHEMA = closed({
  $schema: { type: "string", format: "uri" },
  version: { const: "2.1.0" },
  runs: {
    type: "array",
    minItems: 1,
    maxItems: 1,
    items: closed({
      tool: closed({
        driver: closed({
          name: { const: "keyless" },
          version: text,
          semanticVersion: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+" },
          informationUri: { type: "string", format: "uri" },
          rules: { type: "array", items: rule, uniqueItems: true },
        }, ["name", "version", "semanticVersion", "informationUri", "rules"]),
      }, ["driver"]),
      invocations: {
        type: "array",
        minItems: 1,
        items: closed({
          executionSuccessful: { type: "boolean" },
          exitCode: { type: "integer" },
          toolExecutionNotifications: {
            type: "array",
            items: closed({ level, message }, ["level", "message"]),
          },
        }, ["executionSuccessful", "exitCode"]),
      },
      columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
      originalUriBaseIds: closed({
        // Without `uri`: where the root is, is for whoever reads the log to say.
        "%SRCROOT%": closed({ description: message }, ["description"]),
      }, ["%SRCROOT%"]),
      results: { type: "array", maxItems: 5000, items: result },
    }, ["tool", "invocations", "columnKind", "originalUriBaseIds", "results"]),
  },
}, ["$schema", "version", "runs"]);

function closed(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return { type: "object", properties, required, additionalProperties: false } as const;
}
