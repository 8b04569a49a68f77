import { shellCommand } from "@dibkit/exec";
import { INSIDE_ROOT_SCRIPT } from "../host/inside-root-sh.js";
import { HOOKS_DIRECTORY } from "../job/build-directories.js";
import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import { targetEnvironment } from "./base-environment.js";
import { CHECK_ROOT_SCRIPT } from "./check-root-sh.js";
import { FINISH_ROOT_SCRIPT } from "./finish-root-sh.js";
import { PREPARE_ROOT_SCRIPT } from "./prepare-root-sh.js";
import type { ScriptStep } from "./script-step.js";

/** dibkit's own work between phases, as scripts like any other: layered, cached and shown in the plan. */
export interface OwnStep {
  /** Runs after all scripts of this phase. */
  readonly after: string;
  readonly step: ScriptStep;
}

const REMOVE_LOST_AND_FOUND = `rm -rf "$TMP_MOUNT_PATH/lost+found"
`;

function own(script: string, text: string, environment: EnvironmentValues, more: Partial<ScriptStep> = {}): ScriptStep {
  return {
    label: { phase: "dibkit", script },
    side: "host",
    command: ["bash", "-c", text],
    script: { hash: hashText(text), mode: 0o755, text: "" },
    environment,
    inputs: [],
    withHooks: false,
    ...more,
  };
}

/** The environment file that tells scripts the default install type, from `extra-data.d` on. */
export function installTypeFile(request: BuildRequest): { readonly name: string; readonly text: string } {
  const text = `export DIB_DEFAULT_INSTALLTYPE=\${DIB_DEFAULT_INSTALLTYPE:-"${request.installType}"}\n`;
  return { name: "11-dib-install-type.bash", text };
}

/** The steps of dibkit itself before the disk is made. */
export function ownSteps(request: BuildRequest, base: EnvironmentValues): readonly OwnStep[] {
  const file = installTypeFile(request);
  const directory = shellCommand("mkdir", "-p", `${HOOKS_DIRECTORY}/environment.d`);
  const written = shellCommand("printf", "%s", file.text);
  const writeInstallType = `${directory}
${written} > ${HOOKS_DIRECTORY}/environment.d/${file.name}
`;
  const steps: OwnStep[] = [
    {
      after: "root.d",
      step: own("check-root", CHECK_ROOT_SCRIPT, base, {
        help: "add an operating-system element that creates a root filesystem",
      }),
    },
    { after: "root.d", step: own("prepare-root", `${INSIDE_ROOT_SCRIPT}${PREPARE_ROOT_SCRIPT}`, base) },
    { after: "root.d", step: own("install-type", writeInstallType, base) },
  ];
  if (request.packages.length > 0) {
    const environment = targetEnvironment(base);
    const command = ["sh", "-c", `install-packages ${request.packages.join(" ")}`];
    const text = command.join(" ");
    const script = { hash: hashText(text), mode: 0o755, text };
    const inputs = Object.keys(environment);
    steps.push({
      after: "install.d",
      step: own("install-packages", text, environment, { side: "target", command, script, inputs }),
    });
  }
  steps.push({ after: "post-root.d", step: own("remove-lost-and-found", REMOVE_LOST_AND_FOUND, base) });
  return steps;
}

/** The last step on the mounted disk, after `cleanup.d`. */
export function finishStep(base: EnvironmentValues): ScriptStep {
  return own("finish-root", `${INSIDE_ROOT_SCRIPT}${FINISH_ROOT_SCRIPT}`, base, { onDisk: true });
}
