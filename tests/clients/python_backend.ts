/** A build backend that needs nothing from an index, and notes the environment that it runs in. */
const BACKEND = `import io, os, tarfile, zipfile
METADATA = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\nSummary: W\\n"
NAME, VERSION = "acme-widget", "1.0.0"
STEM = NAME.replace("-", "_") + "-" + VERSION

def note():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "seen"), "w") as out:
        out.write("\\n".join(name + "=" + value for name, value in os.environ.items()))

def build_sdist(directory, settings=None):
    note()
    text = METADATA.format(name=NAME, version=VERSION).encode()
    path = os.path.join(directory, STEM + ".tar.gz")
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        files = {"PKG-INFO": text}
        for name in ("pyproject.toml", "backend.py"):
            with open(name, "rb") as source:
                files[name] = source.read()
        for name, data in files.items():
            entry = tarfile.TarInfo(STEM + "/" + name)
            entry.size, entry.mtime = len(data), int(os.environ["SOURCE_DATE_EPOCH"])
            archive.addfile(entry, io.BytesIO(data))
    return os.path.basename(path)

def build_wheel(directory, settings=None, metadata=None):
    note()
    name = STEM + "-py3-none-any.whl"
    info = STEM + ".dist-info/"
    files = {
        "acme_widget.py": "TWO = 2\\n",
        info + "METADATA": METADATA.format(name=NAME, version=VERSION),
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[info + "RECORD"] = "".join(each + ",,\\n" for each in [*files, info + "RECORD"])
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return name
`;

/** A project of PyPI's kind; `rest` is added to its pyproject.toml. */
export function pythonProject(rest = ""): Record<string, string> {
  return {
    "pyproject.toml": `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "acme-widget"
version = "1.0.0"
${rest}`,
    "backend.py": BACKEND,
    ".gitignore": "seen\n__pycache__\n",
  };
}
