import { defineRule } from "../rule.js";

/** Texts that give away a secret, and what it is. */
const SECRETS: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?=\s*\\?n?\s*[A-Za-z0-9+/=:]{20})/,
    what: "a private key",
  },
  {
    pattern: /Authorization: *(?:Bearer|Basic|token|Token) +(?![$<{%"'`])[\w.~+/=-]{12,}/,
    what: "a token for a server",
  },
  {
    pattern:
      /\b(?:echo|printf)\s+(?:-\w+\s+)?(["']?)(?:[\w-]+|\$\w+|\$\{\w+\}):(?![$"'`%<])[^\s"'`|]+\1\s*(?:\\n["']?)?\s*\|\s*(?:sudo\s+)?(?:chroot\s+\S+\s+)?chpasswd\b(?! *-e)/,
    what: "a password",
  },
  { pattern: /\bchpasswd\s*<<<\s*(["']?)[\w-]+:(?![$"'`])[^\s"']+\1/, what: "a password" },
  { pattern: /\b(?:useradd|usermod)\b[^\n]{0,200}?\s(?:-p|--password)[ =](?![$"'`!*])\S{4,}/, what: "a password" },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, what: "an access key of AWS" },
  {
    pattern: /\b(?:ghp|gho|ghs|ghr)_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{40,}|\bglpat-[\w-]{20,}/,
    what: "a token of a forge",
  },
  { pattern: /\bhttps?:\/\/[\w.%-]+:(?![$<{%])[^\s@/:$"'<>{]{3,}@[\w.-]+/, what: "a password in a URL" },
  { pattern: /\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?(["']?)[\w.-]+:(?![$<{%])[^\s"'$]{3,}\1/, what: "a password" },
];

/** Values that people put in the place of a secret. */
const PLACEHOLDER =
  /example|changeme|placeholder|xxxx|your[-_]?|<[a-z]|redacted|dummy|insecure|user:password@|username:password@/i;

export default defineRule({
  id: "file-secret",
  summary: "files of an element hold no keys, tokens or passwords",
  why: "Whoever has the element has the secret, and so has every image and every build log that the file gets into.",
  upstream: "Scripts are traced into the build log, static files are copied into the image.",
  fix: "Give the secret to the build from outside, or to the machine when it boots, and change it.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho root:hunter22 | chpasswd\n",
    },
    good: {
      "web/install.d/50-web": '#!/bin/bash\nset -eu\nset -o pipefail\necho "root:$DIB_WEB_PASSWORD" | chpasswd\n',
    },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (/^README|\.(rst|md)$/.test(file.name)) continue;
      const { text } = file.source;
      for (const { pattern, what } of SECRETS) {
        const match = pattern.exec(text);
        if (match === null || PLACEHOLDER.test(match[0])) continue;
        const line = text.slice(text.lastIndexOf("\n", match.index) + 1, match.index);
        if (/^\s*#/.test(line)) continue;
        yield {
          message: `${file.path} holds ${what}`,
          help: "give it to the build from outside, or to the machine when it boots",
          location: file.at({ start: match.index, end: match.index + (match[0].split("\n", 1)[0] ?? "").length }),
        };
      }
    }
  },
});
