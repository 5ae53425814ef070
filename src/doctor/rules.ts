import type { Rule } from "./rule.ts";
import { missingIdToken } from "./rules/missing_id_token.ts";
import { publisherEnvironmentMismatch } from "./rules/publisher_environment_mismatch.ts";
import { publisherWorkflowMismatch } from "./rules/publisher_workflow_mismatch.ts";
import { publisherWithoutEnvironment } from "./rules/publisher_without_environment.ts";
import { eventRefused } from "./rules/event_refused.ts";
import { publishesForPullRequests } from "./rules/publishes_for_pull_requests.ts";
import { publishesFromEveryBranch } from "./rules/publishes_from_every_branch.ts";
import { releaseStartsNothing } from "./rules/release_starts_nothing.ts";
import { conditionAlwaysTrue } from "./rules/condition_always_true.ts";
import { calleeAsksForMore } from "./rules/callee_asks_for_more.ts";
import { idTokenTooWide } from "./rules/id_token_too_wide.ts";
import { checkoutWithoutContents } from "./rules/checkout_without_contents.ts";
import { missingContentsWrite } from "./rules/missing_contents_write.ts";
import { missingPackagesWrite } from "./rules/missing_packages_write.ts";
import { missingPullRequestsWrite } from "./rules/missing_pull_requests_write.ts";
import { pushWithoutCredentials } from "./rules/push_without_credentials.ts";
import { guardNamesOtherRepository } from "./rules/guard_names_other_repository.ts";
import { publishesElsewhere } from "./rules/publishes_elsewhere.ts";
import { publishNeverRuns } from "./rules/publish_never_runs.ts";
import { publishOutOfSight } from "./rules/publish_out_of_sight.ts";
import { publishActionNotPinned } from "./rules/publish_action_not_pinned.ts";
import { cacheInPublishingJob } from "./rules/cache_in_publishing_job.ts";
import { bashInPowershell } from "./rules/bash_in_powershell.ts";
import { buildBesideIdToken } from "./rules/build_beside_id_token.ts";
import { checkoutKeepsCredentials } from "./rules/checkout_keeps_credentials.ts";
import { artifactFromAnotherRun } from "./rules/artifact_from_another_run.ts";
import { artifactNeverArrives } from "./rules/artifact_never_arrives.ts";
import { inputNotRead } from "./rules/input_not_read.ts";
import { retiredRunner } from "./rules/retired_runner.ts";
import { retiredAction } from "./rules/retired_action.ts";
import { retiredRepository } from "./rules/retired_repository.ts";
import { mutableTool } from "./rules/mutable_tool.ts";
import { releaseCanBeCancelled } from "./rules/release_can_be_cancelled.ts";
import { commitOfStrangers } from "./rules/commit_of_strangers.ts";
import { publishScriptRepeats } from "./rules/publish_script_repeats.ts";
import { commandNotThere } from "./rules/command_not_there.ts";
import { commandWithoutShell } from "./rules/command_without_shell.ts";
import { failureIsSwallowed } from "./rules/failure_is_swallowed.ts";
import { tokenBesideOidc } from "./rules/token_beside_oidc.ts";
import { tokenInJobEnv } from "./rules/token_in_job_env.ts";
import { fetchedTokenUnmasked } from "./rules/fetched_token_unmasked.ts";
import { secretInArguments } from "./rules/secret_in_arguments.ts";
import { secretInBuildArgs } from "./rules/secret_in_build_args.ts";
import { secretsInherited } from "./rules/secrets_inherited.ts";
import { tokenOutsideEnvironment } from "./rules/token_outside_environment.ts";
import { unusedSecretInput } from "./rules/unused_secret_input.ts";
import { installBesideToken } from "./rules/install_beside_token.ts";
import { tokenInArtifact } from "./rules/token_in_artifact.ts";
import { literalToken } from "./rules/literal_token.ts";
import { credentialFileInRepository } from "./rules/credential_file_in_repository.ts";
import { pypircInlineComment } from "./rules/pypirc_inline_comment.ts";
import { passwordRefused } from "./rules/password_refused.ts";
import { pypircUnread } from "./rules/pypirc_unread.ts";
import { clientVariableUnread } from "./rules/client_variable_unread.ts";
import { productionTokenToTestpypi } from "./rules/production_token_to_testpypi.ts";
import { keyringServiceUnasked } from "./rules/keyring_service_unasked.ts";
import { npmrcTokenMayBeEmpty } from "./rules/npmrc_token_may_be_empty.ts";
import { yarnrcTokenFirst } from "./rules/yarnrc_token_first.ts";
import { cargoSettingIgnored } from "./rules/cargo_setting_ignored.ts";
import { cargoProviderNeedsDesktop } from "./rules/cargo_provider_needs_desktop.ts";
import { gitlabIdToken } from "./rules/gitlab_id_token.ts";
import { circleciNpmIdToken } from "./rules/circleci_npm_id_token.ts";
import { noOidcPath } from "./rules/no_oidc_path.ts";
import { jenkinsSecretInDoubleQuotes } from "./rules/jenkins_secret_in_double_quotes.ts";
import { protectedVariableOnUnprotectedTag } from "./rules/protected_variable_on_unprotected_tag.ts";
import { githubPackagesName } from "./rules/github_packages_name.ts";
import { npmRegistryWithoutToken } from "./rules/npm_registry_without_token.ts";
import { npmRepositoryMismatch } from "./rules/npm_repository_mismatch.ts";
import { provenanceWithoutIdToken } from "./rules/provenance_without_id_token.ts";
import { nothingCheckedOut } from "./rules/nothing_checked_out.ts";
import { localActionMissing } from "./rules/local_action_missing.ts";
import { directoryNotTaken } from "./rules/directory_not_taken.ts";
import { optionsExcludeEachOther } from "./rules/options_exclude_each_other.ts";
import { npmManifestIncomplete } from "./rules/npm_manifest_incomplete.ts";
import { privatePackagePublished } from "./rules/private_package_published.ts";
import { packageNeverBuilt } from "./rules/package_never_built.ts";
import { prereleaseWithoutTag } from "./rules/prerelease_without_tag.ts";
import { crateNeverPublished } from "./rules/crate_never_published.ts";
import { crateWithChanges } from "./rules/crate_with_changes.ts";
import { crateMetadataMissing } from "./rules/crate_metadata_missing.ts";
import { crateBeforeDependency } from "./rules/crate_before_dependency.ts";
import { crateDependencyWithoutVersion } from "./rules/crate_dependency_without_version.ts";
import { attestationsOff } from "./rules/attestations_off.ts";
import { attestationsRefused } from "./rules/attestations_refused.ts";
import { npmTooOld } from "./rules/npm_too_old.ts";
import { clientTooOld } from "./rules/client_too_old.ts";
import { clientWithoutOidc } from "./rules/client_without_oidc.ts";
import { noCredentialInSight } from "./rules/no_credential_in_sight.ts";
import { tokenNotRead } from "./rules/token_not_read.ts";
import { selfHostedRunnerAtNpm } from "./rules/self_hosted_runner_at_npm.ts";
import { mintedTokenUnused } from "./rules/minted_token_unused.ts";
import { mintedTooEarly } from "./rules/minted_too_early.ts";
import { handMadeExchange } from "./rules/hand_made_exchange.ts";
import { npmPlaceholderToken } from "./rules/npm_placeholder_token.ts";
import { releaseToolTooOld } from "./rules/release_tool_too_old.ts";
import { releaseToolAsksForToken } from "./rules/release_tool_asks_for_token.ts";
import { foreignArtifact } from "./rules/foreign_artifact.ts";
import { publishesAfterFailure } from "./rules/publishes_after_failure.ts";
import { publishedTwice } from "./rules/published_twice.ts";
import { inputNotDeclared } from "./rules/input_not_declared.ts";
import { matrixKeyMissing } from "./rules/matrix_key_missing.ts";
import { outputNeverThere } from "./rules/output_never_there.ts";
import { createdMissesDrafts } from "./rules/created_misses_drafts.ts";
import { releaseWithoutTypes } from "./rules/release_without_types.ts";
import { publishInContainer } from "./rules/publish_in_container.ts";
import { pypiActionMisplaced } from "./rules/pypi_action_misplaced.ts";
import { npmNeedsNewerNode } from "./rules/npm_needs_newer_node.ts";
import { strangerTextInScript } from "./rules/stranger_text_in_script.ts";
import { triggerMisspelt } from "./rules/trigger_misspelt.ts";

/** Every rule, in the order of the report. */
export const RULES: readonly Rule[] = [
  missingIdToken,
  publisherWorkflowMismatch,
  publisherEnvironmentMismatch,
  publisherWithoutEnvironment,
  eventRefused,
  publishesForPullRequests,
  strangerTextInScript,
  publishesFromEveryBranch,
  releaseStartsNothing,
  releaseWithoutTypes,
  createdMissesDrafts,
  publishedTwice,
  conditionAlwaysTrue,
  inputNotDeclared,
  matrixKeyMissing,
  outputNeverThere,
  calleeAsksForMore,
  idTokenTooWide,
  checkoutWithoutContents,
  missingContentsWrite,
  missingPackagesWrite,
  missingPullRequestsWrite,
  pushWithoutCredentials,
  guardNamesOtherRepository,
  publishesElsewhere,
  publishNeverRuns,
  triggerMisspelt,
  publishOutOfSight,
  publishActionNotPinned,
  cacheInPublishingJob,
  buildBesideIdToken,
  checkoutKeepsCredentials,
  artifactFromAnotherRun,
  commitOfStrangers,
  artifactNeverArrives,
  foreignArtifact,
  inputNotRead,
  retiredAction,
  retiredRunner,
  retiredRepository,
  mutableTool,
  releaseCanBeCancelled,
  commandWithoutShell,
  commandNotThere,
  bashInPowershell,
  failureIsSwallowed,
  publishesAfterFailure,
  tokenBesideOidc,
  tokenInJobEnv,
  secretInArguments,
  fetchedTokenUnmasked,
  secretInBuildArgs,
  secretsInherited,
  tokenOutsideEnvironment,
  unusedSecretInput,
  installBesideToken,
  tokenInArtifact,
  literalToken,
  credentialFileInRepository,
  pypircInlineComment,
  pypircUnread,
  passwordRefused,
  clientVariableUnread,
  productionTokenToTestpypi,
  keyringServiceUnasked,
  npmrcTokenMayBeEmpty,
  yarnrcTokenFirst,
  cargoSettingIgnored,
  cargoProviderNeedsDesktop,
  gitlabIdToken,
  circleciNpmIdToken,
  noOidcPath,
  jenkinsSecretInDoubleQuotes,
  protectedVariableOnUnprotectedTag,
  npmRepositoryMismatch,
  githubPackagesName,
  provenanceWithoutIdToken,
  nothingCheckedOut,
  localActionMissing,
  directoryNotTaken,
  optionsExcludeEachOther,
  npmManifestIncomplete,
  privatePackagePublished,
  publishScriptRepeats,
  packageNeverBuilt,
  prereleaseWithoutTag,
  crateNeverPublished,
  crateMetadataMissing,
  crateDependencyWithoutVersion,
  crateBeforeDependency,
  crateWithChanges,
  attestationsOff,
  attestationsRefused,
  npmTooOld,
  clientTooOld,
  clientWithoutOidc,
  tokenNotRead,
  noCredentialInSight,
  npmRegistryWithoutToken,
  selfHostedRunnerAtNpm,
  mintedTokenUnused,
  mintedTooEarly,
  handMadeExchange,
  npmPlaceholderToken,
  releaseToolTooOld,
  releaseToolAsksForToken,
  publishInContainer,
  pypiActionMisplaced,
  npmNeedsNewerNode,
];
