import type { Settings } from "./model.ts";

/** An input of `actions/setup-java` that takes the name of a variable, which versions after 5 call so; `null` where it is not given. */
export function namingInput(inputs: Settings, name: string) {
  return inputs.get(`${name}-env-var`) ?? inputs.get(name) ?? null;
}

/** The variables that `actions/setup-java` puts into Maven's settings as passwords: github.com/actions/setup-java, "Publishing using Apache Maven". */
export function passwordsNamed(inputs: Settings): string[] {
  const servers = inputs.get("mvn-server-credentials")?.value.split("\n").filter((line) =>
    line.trim() !== ""
  );
  if (servers?.length) return servers.flatMap((line) => line.split(":")[2]?.trim() || []);
  return [namingInput(inputs, "server-password")?.value || "GITHUB_TOKEN"];
}
