import { base62Crc } from "../../src/registries/base62_crc.ts";
import { pypiToken } from "../registries/macaroons.ts";

const BASE62 = "k3Tz8Qm1Wx6Rb9Nf4Hs7Jd2GpV5yLc0Ba";
const LOWER = "k3tz8qm1wx6rb9nf4hs7jd2gpv5yylc0ba";
const HEX = "8f4b7fc64e8a1d3092b5a7e6";

/** `length` characters that look drawn, the first of them CANARY where the alphabet has it. */
function drawn(length: number, from = BASE62): string {
  const start = from === BASE62 ? "CANARY" : from === LOWER ? "canary" : "";
  return (start + from.repeat(Math.ceil(length / from.length))).slice(0, length);
}

const withCrc = (prefix: string, length: number, over = "") =>
  prefix + drawn(length) + base62Crc(over + drawn(length));

/** A made-up token of every format: its name in the table, the token, whether it has a checksum, which holds. */
export const TOKEN_SAMPLES: readonly (readonly [name: string, token: string, checksum: boolean])[] = [
  ["crates.io token", `cio${drawn(32)}`, false],
  ["minted crates.io token", "cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOOd", true],
  ["npm token", withCrc("npm_", 30), true],
  ["PyPI token", pypiToken([[3, "CANARY-of-somebody"]]), true],
  ["TestPyPI token", pypiToken([[3, "CANARY-of-somebody"]], "test.pypi.org"), true],
  ["RubyGems API key", `rubygems_${drawn(48, HEX)}`, false],
  ["NuGet API key", `oy2${drawn(43, LOWER).replace(/[0189]/g, "2")}`, false],
  ["NuGet API key", `${drawn(52)}JQQJ99AKN5P${drawn(9)}S${"ab7"}NUGT9x+/`, false],
  ["JSR token", withCrc("jsrp_", 29, "jsrp_"), true],
  ["GitHub token", withCrc("ghp_", 30), true],
  ["GitHub token", withCrc("gho_", 30), true],
  ["GitHub token", withCrc("ghu_", 30), true],
  ["GitHub token", withCrc("ghr_", 30), true],
  ["GitHub refresh token", `ghr_${drawn(76)}`, false],
  ["fine-grained GitHub token", `github_pat_${drawn(22)}_${drawn(59)}`, false],
  ["GitHub installation token", withCrc("ghs_", 30), true],
  ["GitHub installation token", `ghs_123456_eyJ${drawn(30)}.eyJ${drawn(300)}.${drawn(86)}`, false],
  ["GitLab personal access token", `glpat-${drawn(20)}`, false],
  ["GitLab personal access token", `glpat-${drawn(27)}.01.a1b2c3d4e`, false],
  ["GitLab deploy token", `gldt-${drawn(20)}`, false],
  ["GitLab trigger token", `glptt-${drawn(40, HEX)}`, false],
  ["GitLab runner token", `glrt-${drawn(20)}`, false],
  ["GitLab runner registration token", `GR1348941${drawn(20)}`, false],
  ["GitLab OAuth secret", `gloas-${drawn(64)}`, false],
  ["GitLab SCIM token", `glsoat-${drawn(20)}`, false],
  ["GitLab feed token", `glft-${drawn(20)}`, false],
  ["GitLab feature flags token", `glffct-${drawn(20)}`, false],
  ["GitLab incoming mail token", `glimt-${drawn(25)}`, false],
  ["GitLab agent token", `glagent-${drawn(50)}`, false],
  ["GitLab job token", `glcbt-64_${drawn(20)}`, false],
  ["JFrog API key", `AKCp${drawn(69)}`, false],
  ["JFrog reference token", `cmVmdGtu${drawn(56)}`, false],
  ["Docker Hub token", `dckr_pat_${drawn(27)}`, false],
  ["Docker Hub organisation token", `dckr_oat_${drawn(32)}`, false],
  ["Clojars token", `CLOJARS_${drawn(60, LOWER)}`, false],
  ["CircleCI token", `CCIPAT_${drawn(22)}_${drawn(40, HEX)}`, false],
  ["Buildkite token", `bkua_${drawn(40, LOWER)}`, false],
  ["Vault token", `hvs.${drawn(95)}`, false],
  ["1Password service account token", `ops_eyJ${drawn(260)}==`, false],
  ["Azure DevOps token", `${drawn(76)}AZDO${drawn(4)}`, false],
];

/** The same for formats that are tokens only beside a name, which stands before the value. */
export const NAMED_SAMPLES: readonly (readonly [name: string, before: string, token: string])[] = [
  ["AWS secret access key", "aws_secret_access_key = ", `${drawn(20)}/${drawn(19)}`],
  ["AWS secret access key", 'AWS_SECRET_KEY: "', `${drawn(20)}+${drawn(19)}`],
  ["Cloudsmith API key", "CLOUDSMITH_API_KEY=", drawn(40, HEX)],
  ["Hex API key", "HEX_API_KEY: ", drawn(32, HEX)],
];
