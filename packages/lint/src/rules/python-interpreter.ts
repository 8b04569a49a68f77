import { defineRule } from "../rule.js";

export default defineRule({
  id: "python-interpreter",
  summary: "python scripts name an interpreter that images have",
  why: "No distribution that is still cared for has python2, and few have a program called `python`: the script is not run at all.",
  upstream: "Upstream's own scripts name /usr/bin/python3, or dib-python of the element of that name.",
  fix: "Make #!/usr/bin/python3 the first line.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/usr/bin/python2\nprint('web')\n" },
    good: { "web/install.d/50-web": "#!/usr/bin/python3\nprint('web')\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (file.shebang === undefined || file.language !== "python") continue;
      const program = /(?:^|[\s/])(python[\d.]*)(?:\s|$)/.exec(file.shebang.slice(2))?.[1];
      const old = program !== undefined && /^python2/.test(program);
      if (!old && program !== "python") continue;
      yield {
        // Whoever has python-is-python3 has the other one.
        ...(!old && { severity: "warning" as const }),
        message: `"${program}" of the first line is in no system that is still cared for${old ? "" : ", unless a package of its own brings it"}`,
        help: 'write "#!/usr/bin/python3"',
        location: file.at({ start: 0, end: file.shebang.length }),
      };
    }
  },
});
