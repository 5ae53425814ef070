// Packages in CommonJS form ask for node's built-ins by `require`, which a bundled program does not have.
const scope = globalThis as unknown as {
  require?: (name: string) => unknown;
  readonly process: { getBuiltinModule(name: string): unknown };
};

scope.require ??= (name) => scope.process.getBuiltinModule(name);
