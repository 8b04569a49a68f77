import { nearestName } from "@dibkit/model";
import { lettersApart } from "../letters-apart.js";
import { defineRule } from "../rule.js";
import { unitsOf } from "../unit-file.js";
import { UNIT_KEYS } from "../unit-keys.js";
import { enumerated } from "../words.js";

export default defineRule({
  id: "unit-section",
  summary: "settings of systemd units are in sections that have them",
  why: "systemd ignores a setting in the wrong section, and a section that it does not know, with a line in the journal: the condition, the dependency or the limit is simply not there.",
  upstream: "Units are copied into the image as they are; nothing reads them before the first boot.",
  fix: "Move the setting to its section; `systemd-analyze verify UNIT` says what systemd makes of it.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/static/etc/systemd/system/web.service":
        "[Unit]\nDescription=Web\n\n[Service]\nConditionPathExists=/srv/web\nExecStart=/usr/bin/web\n\n[Install]\nWantedBy=multi-user.target\n",
    },
    good: {
      "web/static/etc/systemd/system/web.service":
        "[Unit]\nDescription=Web\nConditionPathExists=/srv/web\n\n[Service]\nExecStart=/usr/bin/web\n\n[Install]\nWantedBy=multi-user.target\n",
    },
  },
  *check(context) {
    for (const unit of unitsOf(context)) {
      for (const section of unit.sections) {
        if (section.name.startsWith("X-")) continue;
        const keys = UNIT_KEYS.get(section.name);
        if (keys === undefined) {
          const meant = nearestName(section.name, UNIT_KEYS.keys());
          yield {
            message: `systemd knows no section "${section.name}", and ignores what is in it`,
            help: meant === undefined ? `use one of ${[...UNIT_KEYS.keys()].join(", ")}` : `did you mean "${meant}"?`,
            location: section.location,
          };
          continue;
        }
        for (const { key, location } of section.entries) {
          if (keys.includes(key) || key.startsWith("X-")) continue;
          const wrong = misplaced(key, section.name, unit.name) ?? misspelt(key, keys);
          if (wrong === undefined) continue;
          yield { message: `"${key}" in section "${section.name}" is ignored by systemd`, help: wrong, location };
        }
      }
    }
  },
});

/** Sections besides those that every unit may have, by the suffix of its name. */
function sectionsOf(unit: string): readonly string[] {
  const suffix = unit.replace(/\.d\/[^/]*$/, "").replace(/^.*\./, "");
  return ["Unit", "Install", suffix.charAt(0).toUpperCase() + suffix.slice(1)];
}

function misplaced(key: string, section: string, unit: string): string | undefined {
  const all = [...UNIT_KEYS].filter(([name, keys]) => name !== section && keys.includes(key)).map(([name]) => name);
  if (all.length === 0) return undefined;
  const own = all.filter((name) => sectionsOf(unit).includes(name));
  return `move it to section ${enumerated((own.length > 0 ? own : all).slice(0, 2))}`;
}

/** A newer systemd may know more: only what is nearly a known key is surely wrong. */
function misspelt(key: string, keys: readonly string[]): string | undefined {
  const caseless = keys.find((one) => one.toLowerCase() === key.toLowerCase());
  const meant = caseless ?? (key.length >= 6 ? nearestName(key, keys) : undefined);
  if (meant === undefined || Math.abs(meant.length - key.length) > 1 || lettersApart(key, meant) > 2) return undefined;
  return `did you mean "${meant}"?`;
}
