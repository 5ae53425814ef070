import { secretBuildArguments } from "../build_args.ts";
import type { Report, Rule } from "../rule.ts";

/** What the build of an image is given as an argument stays with the image, for everybody who can pull it. */
export const secretInBuildArgs: Rule = {
  code: "secret-in-build-args",
  severity: "warning",
  phase: "credentials",
  *check({ pipelines, publishing, sources }) {
    const tokens = new Map(
      publishing.flatMap(({ invocation: { client, at, credentials } }) =>
        credentials.flatMap(({ secret }) =>
          secret === null || /^github_token$/i.test(secret)
            ? []
            : [[secret.toLowerCase(), { secret, client, at }]]
        )
      ),
    );
    if (tokens.size === 0) return;
    for (const pipeline of pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs.filter(({ live }) => live !== "no")) {
        for (const argument of secretBuildArguments(pipeline, job, sources)) {
          const token = tokens.get(argument.secret.toLowerCase());
          if (!token) continue;
          yield {
            ...argument.isAttested ? {} : { severity: "unverified" },
            message:
              `Job "${job.id}" builds an image with ${token.secret} as a build argument, and pushes it`,
            at: argument.at,
            label: "stays with the image",
            related: [{ at: token.at, message: `${token.client} publishes with it` }],
            why: [
              argument.isAttested
                ? "In a public repository docker's provenance, which is pushed too, holds every build argument; and the image's history holds those of its last stage."
                : "The image's history holds the arguments that its last stage uses, for everybody who can pull it.",
            ],
            next: [
              `give it to the build as a secret: \`RUN --mount=type=secret,id=${token.secret},env=${token.secret} …\` in the Dockerfile, and \`secrets:\` (\`--secret\`) in place of the argument`,
              `look what an image that was pushed shows (docker history --no-trunc, docker buildx imagetools inspect), and revoke ${token.secret} if it is there`,
            ],
          } satisfies Report;
        }
      }
    }
  },
};
