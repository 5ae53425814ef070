// Packages in CommonJS form ask for node's built-ins by `require`, which a bundled program does not have. A built-in costs up to 18 ms
// when it is first loaded, and most that a package asks for at its beginning it never uses: so it gets them when it looks into them.
type Builtin = Record<PropertyKey, unknown> & ((...args: unknown[]) => unknown);

const scope = globalThis as unknown as {
  require?: (name: string) => unknown;
  readonly process: { getBuiltinModule(name: string): Builtin };
};

scope.require ??= (name) => {
  let loaded: Builtin | undefined;
  const module = () => loaded ??= scope.process.getBuiltinModule(name);
  return new Proxy(function () {}, {
    get: (_, key) => Reflect.get(module(), key),
    set: (_, key, value) => Reflect.set(module(), key, value),
    has: (_, key) => Reflect.has(module(), key),
    apply: (_, self, args) => Reflect.apply(module(), self, args),
    construct: (_, args) => Reflect.construct(module(), args) as object,
    // A proxy may only tell of what its target has, so the target gets it.
    ownKeys: (target) => Reflect.ownKeys(Object.assign(target, module())),
    getOwnPropertyDescriptor: (target, key) =>
      Reflect.getOwnPropertyDescriptor(target, key) ?? Reflect.getOwnPropertyDescriptor(module(), key),
  });
};
