import { distributionFacts } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "svc-map-family",
  summary: "services named for family `redhat` are also named for its newer distributions",
  why: "svc-map has a shorter table of families than pkg-map: Rocky, AlmaLinux and openEuler get the default, which is another distribution's name.",
  upstream:
    "svc-map counts only centos, fedora and rhel to family `redhat`; any other distribution is looked up by name.",
  fix: "Add the distribution to the service, with the name that `redhat` has.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/svc-map": "web:\n  redhat: httpd\n  default: apache2\n" },
    good: { "web/svc-map": "web:\n  redhat: httpd\n  rocky: httpd\n  default: apache2\n" },
    configuration: { targets: [{ distro: "rocky", release: "9", arch: "amd64" }] },
  },
  *check({ views, targets }) {
    const distros = [...new Set(targets.map(({ distro }) => distro))].flatMap((name) => distributionFacts(name) ?? []);
    for (const { name, names } of views.svcMap.value?.entries ?? []) {
      const otherwise = names.findLast(({ key }) => key === "default")?.service ?? name;
      for (const { name: distro, servicesByFamily, family: wanted } of distros) {
        const family = names.findLast(({ key }) => key === wanted);
        if (servicesByFamily || family === undefined || family.service === otherwise) continue;
        if (names.some(({ key }) => key === distro)) continue;
        yield {
          message: `service "${name}" is "${otherwise}" on ${distro}, which svc-map does not count to family "${wanted}"`,
          help: `add "${distro}: ${family.service}"`,
          location: family.location,
        };
      }
    }
  },
});
