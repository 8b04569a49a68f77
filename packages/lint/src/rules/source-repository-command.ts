import { defineRule } from "../rule.js";

export default defineRule({
  id: "source-repository-command",
  summary: "lines of source-repository files hold nothing that the shell runs or takes as its own",
  why: "The shell of the build host evaluates every line, as the user who builds: a command in it is run there, and the rest of an address after `&` is lost.",
  upstream: "source-repositories reads each line with eval, so that variables in it are expanded.",
  fix: "Set a variable in environment.d and use that in the line; put an address with `&` in single quotes.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web git /opt/web https://example.com/web.git $(cat /etc/web-version)\n" },
    good: { "web/source-repository-web": "web git /opt/web https://example.com/web.git ${DIB_WEB_VERSION}\n" },
  },
  *check({ views }) {
    for (const { name, location } of views.sourceRepositories.value) {
      const { source, start, end } = location;
      const found = shellSign(source.text.slice(start, end));
      if (found === undefined) continue;
      const at = start + found.index;
      const runs = found.sign === "$(" || found.sign === "`";
      yield {
        message: runs
          ? `the line of source repository "${name.value}" runs a command on the build host`
          : `the shell that evaluates the line of source repository "${name.value}" takes "${found.sign}" as its own`,
        help: runs ? "set a variable in environment.d, and use that in the line" : "put the word in single quotes",
        location: { source, start: at, end: at + found.sign.length },
      };
    }
  },
});

/** The first sign that means something to the shell, quotes considered. */
function shellSign(line: string): { readonly sign: string; readonly index: number } | undefined {
  const blank = (quoted: string) => " ".repeat(quoted.length);
  const expanded = line.replace(/'[^']*'/g, blank);
  const command = /\$\(|`/.exec(expanded);
  const found = command ?? /[;|&<>]/.exec(expanded.replace(/"[^"]*"/g, blank));
  return found === null ? undefined : { sign: found[0], index: found.index };
}
