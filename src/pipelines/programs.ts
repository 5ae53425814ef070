/** Programs that only say, look for, or store what their words are. */
export const SAYERS =
  /^(?:echo|printf|print|git|gh|hub|grep|egrep|rg|sed|awk|cat|tee|test|\[|\[\[|export|set|cd|mkdir|touch|rm|cp|mv|ls|curl|wget|jq|yq|logger|read|local|declare|alias|trap|which|type|hash|write-\w+|apt|apt-get|brew|pip\d?|choco|apk|dnf|yum|docker-compose|slack|sentry-cli|notify)$/i;
/** Programs whose `publish` is of something else than a package. */
export const OTHERS =
  /^(?:dotnet|pkg-pr-new|gh-pages|surge|expo|eas|wrangler|netlify|vercel|firebase|hugo|mdbook|mike|mkdocs|sam|serverless|sls|msbuild|snapcraft|charmcraft|butler|fastlane|electron-builder|electron-forge|aws|az|gcloud|terraform|pulumi|pulumi-\w+|chromatic|supabase|apollo|rover|buf|docker|helm|flatpak-builder|pod|carthage|nx-cloud|npm|pnpm|yarn|bun|cargo|uv|keyless)$/;
/** Programs of other languages that run a file. */
export const INTERPRETERS =
  /^(?:node|nodejs|tsx|ts-node|esno|jiti|zx|deno|bun|python[\d.]*|pypy\d?|ruby|perl|php|babel-node|vite-node|swc-node|osascript|lua|Rscript|groovy|scala|julia)$/;
/** Programs that run tasks which their words name, out of files that are not read here. */
export const TASK_RUNNERS =
  /^(?:task|go-task|mage|rake|invoke|inv|fab|tox|nox|ant|grunt|gulp|turbo|moon|nx|lage|wsrun|bazel|bazelisk|pants|earthly|dagger|poe|poethepoet|doit|hatch|pdm|rye|poetry|pixi|uv|lerna|npm|yarn|pnpm|bun|vp|mise|lefthook|jake|cake|nuke|fake|psake|sbt|composer|mix|xtask|cargo-make|makers|zig|dune|raco|stack|cabal)$/;
