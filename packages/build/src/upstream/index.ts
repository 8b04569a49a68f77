export { runUpstream, type UpstreamBuild, type UpstreamOutcome, type UpstreamWatcher } from "./run-upstream.js";
export { type UpstreamCommand, upstreamArguments, upstreamCommand } from "./upstream-command.js";
