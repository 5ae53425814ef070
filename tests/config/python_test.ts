import { assertEquals } from "@std/assert";
import { left, load, order, python } from "./support.ts";

/** A package's files, and what is read from them: name, version or what decides it, repository. */
const FORMS: readonly [
  string,
  Record<string, string>,
  readonly [string, string | null, string | undefined, string | null],
][] = [
  [
    "[project]",
    {
      "pyproject.toml": python(
        "my-pkg",
        '[project.urls]\nDocumentation = "https://x"\nSource = "https://github.com/acme/widgets"\n',
      ),
    },
    ["my-pkg", "1.0.0", undefined, "https://github.com/acme/widgets"],
  ],
  [
    "[project] with the version of a tool",
    {
      "pyproject.toml":
        '[project]\nname = "my-pkg"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "x.py"\n',
    },
    ["my-pkg", null, "[tool.hatch.version]", null],
  ],
  [
    "[project] with the version of a module",
    {
      "pyproject.toml":
        '[project]\nname = "my-pkg"\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = { attr = "my_pkg.__version__" }\n',
    },
    ["my-pkg", null, "[tool.setuptools.dynamic] version", null],
  ],
  [
    "[project] with a version from anywhere",
    { "pyproject.toml": '[project]\nname = "my-pkg"\ndynamic = ["version"]\n' },
    ["my-pkg", null, "the build backend", null],
  ],
  [
    "[tool.poetry]",
    {
      "pyproject.toml":
        '[tool.poetry]\nname = "my-pkg"\nversion = "1.2"\nrepository = "https://gitlab.com/a/b/c"\n',
    },
    ["my-pkg", "1.2", undefined, "https://gitlab.com/a/b/c"],
  ],
  [
    "setup.cfg",
    {
      "setup.cfg":
        "[metadata]\nname = my-pkg\nversion = 1.2\nproject_urls =\n  Source = https://github.com/acme/widgets\n",
      "setup.py": "setup()",
    },
    ["my-pkg", "1.2", undefined, "https://github.com/acme/widgets"],
  ],
  [
    "setup.cfg with a computed version",
    { "setup.cfg": "[metadata]\nname = my-pkg\nversion = attr: my_pkg.VERSION\n" },
    ["my-pkg", null, "attr: my_pkg.VERSION in setup.cfg", null],
  ],
  [
    "setup.py",
    {
      "setup.py":
        'from setuptools import setup\nsetup(name="my-pkg", version="1.2", url="https://github.com/acme/widgets")\n',
    },
    ["my-pkg", "1.2", undefined, "https://github.com/acme/widgets"],
  ],
  [
    "setup.py with a computed version",
    { "setup.py": 'setup(name="my-pkg", version=find_version())\n' },
    ["my-pkg", null, "the code of setup.py", null],
  ],
  [
    "setup.py beside a pyproject.toml that only configures tools",
    {
      "pyproject.toml": "[build-system]\nrequires = []\n[tool.black]\n",
      "setup.py": 'setup(name="my-pkg", version="1.2")\n',
    },
    ["my-pkg", "1.2", undefined, null],
  ],
];

for (const [what, tree, [name, version, versionFrom, repository]] of FORMS) {
  Deno.test(`a package is read from ${what}`, async () => {
    const [pkg] = (await load(tree)).packages;
    assertEquals([pkg!.name, pkg!.version, pkg!.versionFrom, pkg!.repositoryUrl], [
      name,
      version,
      versionFrom,
      repository,
    ]);
    assertEquals([pkg!.client, pkg!.registry.name, pkg!.path, pkg!.paths], ["twine", "pypi", ".", ["**"]]);
  });
}

Deno.test("what is not published is told with its reason", async () => {
  const project = await load({
    "private/pyproject.toml": python("private", 'classifiers = ["Private :: Do Not Upload"]\n'),
    "cfg/setup.cfg":
      "[metadata]\nname = cfg\nversion = 1\nclassifiers =\n  Typing :: Typed\n  Private :: No\n",
    "app/pyproject.toml": python("app", "[tool.uv]\npackage = false\n"),
    "poetry/pyproject.toml": '[tool.poetry]\nname = "poetry-app"\nversion = "1"\npackage-mode = false\n',
    "computed/setup.py": "setup(name=NAME, version='1')\n",
    "draft/pyproject.toml": '[project]\nname = "draft"\n',
    "tools/pyproject.toml": "[tool.ruff]\n",
  });
  assertEquals(order(project), []);
  assertEquals(left(project), [
    "app (app): [tool.uv] package = false",
    'cfg (cfg): classifier "Private :: No"',
    "computed (computed): its name is computed",
    "draft (draft): it has no version",
    "poetry-app (poetry): [tool.poetry] package-mode = false",
    'private (private): classifier "Private :: Do Not Upload"',
  ]);
});

Deno.test("siblings that are required come first, whatever spelling the requirement has; those of extras do not", async () => {
  const project = await load({
    "core/pyproject.toml": python("Acme.Core"),
    "old/setup.py": 'setup(name="acme-old", version="1", install_requires=["acme_core[x]>=1", "requests"])\n',
    "cfg/setup.cfg": "[metadata]\nname = acme-cfg\nversion = 1\n[options]\ninstall_requires =\n  acme-old\n",
    "poetry/pyproject.toml":
      '[tool.poetry]\nname = "acme-poetry"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.9"\nanything = { path = "../old" }\n',
    "ui/pyproject.toml": python(
      "acme-ui",
      'dependencies = ["acme.core ; python_version > \'3\'"]\noptional-dependencies = { all = ["acme-old"] }\n',
    ) +
      '[build-system]\nrequires = ["acme-cfg"]\n',
  });
  assertEquals(order(project), [
    "Acme.Core",
    "acme-cfg <- acme-old",
    "acme-old <- Acme.Core",
    "acme-poetry <- acme-old",
    "acme-ui <- Acme.Core, acme-cfg",
  ]);
});

Deno.test("members of a uv workspace are published with its root", async () => {
  const project = await load({
    "pyproject.toml": python(
      "root",
      '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n',
    ),
    "packages/one/pyproject.toml": python("one"),
    "packages/old/pyproject.toml": python("old"),
  });
  assertEquals(order(project), ["one", "root"]);
  assertEquals(left(project), ["old (packages/old): not a member of the workspace in pyproject.toml"]);
});
