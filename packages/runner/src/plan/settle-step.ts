import { INSIDE_ROOT } from "../host/inside-root.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import type { ScriptStep } from "./script-step.js";
import { SETTLE_DNF } from "./settle-dnf.js";

/**
 * The last step on the mounted disk of a repeatable build. It removes caches that hold inode numbers, addresses or times
 * and are made again when they are missed, and sets times after `SOURCE_DATE_EPOCH` to it. Nothing is mounted in the
 * target but its own filesystems.
 */
const SETTLE = `set -eu
${INSIDE_ROOT}target=$TMP_MOUNT_PATH
places() {
  printf '%s\\n' "$DIB_MOUNTPOINTS" | tr '|' '\\n' | while read -r point; do
    place=$(inside "$target" "$point")
    if [ -d "$place" ]; then printf '%s\\0' "$place"; fi
  done
}
rm -f "$(inside "$target" var/cache/ldconfig)/aux-cache"
rm -f "$(inside "$target" var/cache/apt)/pkgcache.bin" "$(inside "$target" var/cache/apt)/srcpkgcache.bin"
if [ -d "$(inside "$target" var/lib/dnf)" ]; then
  python3 -c "$DIBKIT_SETTLE_DNF" "$(inside "$target" .)" "$SOURCE_DATE_EPOCH" || echo "some state of dnf could not be settled"
fi
places | xargs -0r -I%place% find %place% -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -c -d "@$SOURCE_DATE_EPOCH" {} + ||
  echo "some times could not be set"
`;

export function settleStep(base: EnvironmentValues): ScriptStep {
  return {
    label: { phase: "dibkit", script: "settle-times" },
    side: "host",
    command: ["bash", "-c", SETTLE],
    script: { hash: hashText(SETTLE), mode: 0o755, text: "" },
    environment: { ...base, DIBKIT_SETTLE_DNF: SETTLE_DNF },
    inputs: [],
    withHooks: false,
    onDisk: true,
  };
}
