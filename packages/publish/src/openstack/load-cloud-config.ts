import type { Result } from "@dibkit/model";
import { err } from "@dibkit/model";
import type { PublishFailure } from "../publish-failure.js";
import { chooseCloud } from "./choose-cloud.js";
import type { CloudConfig } from "./cloud-config.js";
import { readCloudFiles } from "./clouds-file.js";
import type { CloudOverrides } from "./interpret-cloud.js";
import { interpretCloud } from "./interpret-cloud.js";

export interface CloudSelection extends CloudOverrides {
  readonly cloud?: string;
  readonly region?: string;
}

/**
 * Finds and reads the configuration of one cloud the way openstacksdk does: clouds.yaml and secure.yaml on the search
 * path, `OS_CLOUD`, `OS_*`.
 */
export async function loadCloudConfig(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  selection: CloudSelection = {},
): Promise<Result<CloudConfig, Extract<PublishFailure, { kind: "configuration" }>>> {
  const files = await readCloudFiles(env, cwd);
  if (!files.ok) return err({ kind: "configuration", message: files.error });
  const cloud = chooseCloud(files.value, env, selection);
  if (!cloud.ok) return err({ kind: "configuration", ...cloud.error });
  const config = interpretCloud(cloud.value, selection, env, cwd);
  return config.ok ? config : err({ kind: "configuration", ...config.error });
}
