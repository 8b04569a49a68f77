import { textOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { unitsOf } from "../unit-file.js";

export default defineGraphRule({
  id: "unit-started",
  summary: "something starts a systemd service",
  why: "A service without an [Install] section cannot be enabled. Unless a timer, a socket, another unit or a link in a .wants directory starts it, it never runs.",
  upstream: "install-static and dib-init-system copy units into the image; nobody enables them.",
  fix: "Add [Install] with `WantedBy=multi-user.target`, and enable the service in post-install.d.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/static/etc/systemd/system/web.service": "[Service]\nExecStart=/usr/bin/web\n" },
    good: {
      "web/static/etc/systemd/system/web.service":
        "[Service]\nExecStart=/usr/bin/web\n\n[Install]\nWantedBy=multi-user.target\n",
    },
  },
  *check({ focus, composition, contextOf }) {
    if (focus === undefined) return;
    const units = unitsOf(contextOf(focus)).filter(
      ({ name, dropIn, sections }) =>
        name.endsWith(".service") &&
        !dropIn &&
        sections.some((section) => section.name === "Service") &&
        !sections.some((section) => section.name === "Install") &&
        !sections.some(({ entries }) => entries.some(({ key }) => key === "BusName")),
    );
    for (const unit of units) {
      const stem = unit.name.replace(/@?\.service$/, "");
      const mentions = composition.elements.some(({ element }) =>
        [...element.files.values()].some((file) => {
          // A link in a .wants directory, or a unit of that name elsewhere, which this one may replace.
          if (file.path.includes(`${unit.name}`) && (file.kind === "symlink" || /\.(wants|requires)\//.test(file.path)))
            return true;
          if (
            file.path.endsWith(`/${stem}.timer`) ||
            file.path.endsWith(`/${stem}.socket`) ||
            file.path.endsWith(`/${stem}.path`)
          )
            return true;
          if (file.kind !== "file" || file.path === unit.path || /^README|\.(rst|md)$/.test(file.path)) return false;
          if (file.bytes.length > 200_000) return false;
          return mentionsUnit(textOf(element, file).text, stem);
        }),
      );
      const own = contextOf(focus).textFiles.find(({ path }) => path === unit.path);
      // The script that writes a unit may start it too.
      const again = unit.target === undefined && own !== undefined && own.source.text.split(stem).length > 3;
      if (mentions || again) continue;
      yield {
        message: `nothing starts ${unit.name}: it has no [Install] section, and no other unit or script names it`,
        help: 'add "[Install]" with "WantedBy=multi-user.target", and enable it',
        location: unit.location,
      };
    }
  },
});

/** What stands on a line that starts a service, keeps a list of names, or loops over one. */
const OF_SERVICES = /systemctl|service|enable|start|wants|requires|unit|timer|svc|\bfor\b|=/i;

/** Whether a line names the unit, or speaks of services and has the word: short names are words of much else. */
function mentionsUnit(text: string, stem: string): boolean {
  if (!text.includes(stem)) return false;
  const escaped = stem.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const word = new RegExp(`(^|[^\\w-])${escaped}(@[\\w-]*)?(\\.service)?(?![\\w-])`);
  // A name of a letter or two is in every other line.
  const speaks = stem.length < 3 ? /systemctl|service/i : OF_SERVICES;
  return text.split("\n").some((line) => word.test(line) && (line.includes(`${stem}.service`) || speaks.test(line)));
}
