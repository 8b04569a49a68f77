import { shellCommand } from "@dibkit/exec";
import { INSIDE_ROOT } from "../host/inside-root.js";
import { PTS_OPTIONS } from "../host/kernel-mounts.js";
import { HOOKS_DIRECTORY } from "../job/build-directories.js";
import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import { targetEnvironment } from "./base-environment.js";
import type { ScriptStep } from "./script-step.js";

/** dibkit's own work between phases, as scripts like any other: layered, cached and shown in the plan. */
export interface OwnStep {
  /** Runs after all scripts of this phase. */
  readonly after: string;
  readonly step: ScriptStep;
}

const CHECK_ROOT = `set -eu
if [ -z "$(ls "$TMP_MOUNT_PATH" | grep -v '^lost+found\\|tmp$')" ]; then
  echo "no script of root.d put a root filesystem into $TMP_MOUNT_PATH"
  exit 1
fi
`;

/** resolv.conf is the host's while the image is built; the image's own is kept as .ORIG, which elements may change. */
const PREPARE_ROOT = `set -eu
${INSIDE_ROOT}target=$TMP_MOUNT_PATH
etc=$(inside "$target" etc)
if [ -L "$etc/resolv.conf" ] || [ -f "$etc/resolv.conf" ]; then
  mv "$etc/resolv.conf" "$etc/resolv.conf.ORIG"
fi
mkdir -p "$etc"
if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf; else echo nameserver 8.8.8.8; fi > "$etc/resolv.conf"
chmod 777 "$etc/resolv.conf"
proc=$(inside "$target" proc)
dev=$(inside "$target" dev)
sys=$(inside "$target" sys)
mkdir -p "$(inside "$target" tmp/in_target.d)" "$proc" "$dev" "$sys"
mount -t proc none "$proc"
mount --bind /dev "$dev"
mkdir -p "$dev/pts"
mount -t devpts -o ${PTS_OPTIONS} devpts "$dev/pts"
mount -t sysfs -o ro none "$sys"
`;

const REMOVE_LOST_AND_FOUND = `rm -rf "$TMP_MOUNT_PATH/lost+found"
`;

/** Left of the build at the end, on the real disk: resolv.conf back, /tmp empty, logs truncated, root's logs gone. */
const FINISH_ROOT = `set -eu
${INSIDE_ROOT}target=$TMP_MOUNT_PATH
etc=$(inside "$target" etc)
logs=$(inside "$target" var/log)
home=$(inside "$target" root)
if [ -L "$etc/resolv.conf" ] || lsattr "$etc/resolv.conf" 2>/dev/null | grep -q '^....i'; then
  rm -f "$etc/resolv.conf.ORIG"
else
  rm -f "$etc/resolv.conf"
  if [ -L "$etc/resolv.conf.ORIG" ] || [ -f "$etc/resolv.conf.ORIG" ]; then
    mv "$etc/resolv.conf.ORIG" "$etc/resolv.conf"
  fi
fi
if [ -d "$target/tmp" ] && [ ! -L "$target/tmp" ]; then
  find "$target/tmp" -maxdepth 1 -mindepth 1 -exec rm -rf --one-file-system {} +
fi
if [ -d "$logs" ]; then find "$logs" -type f -exec truncate -s 0 {} +; fi
if [ -d "$home" ]; then find "$home" -name '*.log' -type f -delete; fi
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
      step: own("check-root", CHECK_ROOT, base, {
        help: "add an operating-system element that creates a root filesystem",
      }),
    },
    { after: "root.d", step: own("prepare-root", PREPARE_ROOT, base) },
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
  return own("finish-root", FINISH_ROOT, base, { onDisk: true });
}
