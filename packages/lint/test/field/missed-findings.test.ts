import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCatalog, loadCatalog, upstreamInstallation } from "@dibkit/model";
import { expect, it } from "vitest";
import { discoverElements, type ExampleTree, lint } from "../../src/index.js";
import { exampleElements } from "../../src/testing/example-elements.js";

// What a maintainers' reading of public trees found missing: defects as a tree, with the finding that tells of them,
// and beside each what looks like it and is right.
const upstream = upstreamInstallation(process.env);
const theirs = upstream === undefined ? [] : [...loadCatalog([upstream.elements]).elements.values()];

const script = (text: string, first = "#!/bin/bash") => `${first}\nset -eu\nset -o pipefail\n${text}\n`;
const hook = (phase: string, text: string): ExampleTree => ({ [`web/${phase}/50-web`]: script(text) });
const install = (text: string): ExampleTree => hook("install.d", text);
const environment = (text: string): ExampleTree => ({ "web/environment.d/10-web": `${text}\n` });
const packages = (text: string): ExampleTree => ({
  "web/element-deps": "package-installs\n",
  "web/package-installs.yaml": text,
});
const repository = (line: string): ExampleTree => ({
  "web/element-deps": "source-repositories\n",
  "web/source-repository-web": `${line}\n`,
});
const unit = (text: string, name = "web.service"): ExampleTree => ({
  "web/element-deps": "install-static\n",
  [`web/static/etc/systemd/system/${name}`]: text,
});
const INSTALL = "\n[Install]\nWantedBy=multi-user.target\n";
const disk = (text: string): ExampleTree => ({
  "web/block-device-default.yaml": `- local_loop:\n    name: image0\n- partitioning:\n    base: image0\n    label: gpt\n    partitions:\n${text}`,
});
const ROOT =
  "      - name: root\n        size: 100%\n        mkfs:\n          type: ext4\n          mount:\n            mount_point: /\n";
const KEY = `-----BEGIN OPENSSH PRIVATE ${"KEY"}-----`;

async function findings(tree: ExampleTree, rule: string): Promise<readonly string[]> {
  const elements = exampleElements(tree);
  const catalog = createCatalog([
    { path: "/elements", elements },
    { path: "/upstream", elements: theirs },
  ]);
  const { diagnostics } = await lint({ catalog, elements, only: [rule] });
  return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
}

type Severity = "error" | "warning" | "info";

it.skipIf(upstream === undefined).each<readonly [string, Severity, string, ExampleTree]>([
  // Here-documents.
  ["script-heredoc-end", "error", "indented", install("cat > /etc/x <<EOF\nroot /srv\n    EOF\nuptime")],
  ["script-heredoc-end", "error", "a blank after it", install("cat > /etc/x <<EOF\nroot /srv\nEOF \nuptime")],
  ["script-heredoc-end", "error", "blanks with <<-", install("cat > /etc/x <<-'EOF'\n\troot /srv\n    EOF\nuptime")],
  ["script-heredoc-end", "error", "in parentheses", install("X=$(cat <<EOF\nroot\nEOF)\nuptime")],
  ["script-heredoc-end", "error", "none", install("cat > /etc/x <<EOF\nroot /srv\nEOT\nuptime")],
  [
    "script-heredoc-end",
    "error",
    "one that swallows the next",
    install("cat > /etc/x <<EOF\na\n  EOF\ncat > /etc/y <<EOF\nb\nEOF"),
  ],
  ["script-heredoc-expands", "error", "$1", install("cat > /usr/local/bin/x <<EOF\necho $1\nEOF")],
  ["script-heredoc-expands", "error", "$0", install('cat > /usr/local/bin/x <<EOF\nrm "$0"\nEOF')],
  ["script-heredoc-expands", "error", "$@", install('cat <<EOF | tee /usr/local/bin/x\nexec web "$@"\nEOF')],
  ["script-heredoc-expands", "error", "${1:-a}", install("cat > /usr/local/bin/x <<EOF\necho ${1:-a}\nEOF")],
  ["script-heredoc-expands", "error", "$?", install("cat > /usr/local/bin/x <<EOF\nweb; exit $?\nEOF")],
  [
    "script-heredoc-expands",
    "error",
    "a loop of its own",
    install("cat > /usr/local/bin/x <<EOF\n#!/bin/sh\nfor i in a b; do echo $i; done\nEOF"),
  ],
  // Environment files.
  ["script-last-status", "error", "a test", environment('[ "$DISTRO_NAME" = ubuntu ] && export A=1')],
  ["script-last-status", "error", "two brackets", environment("[[ $DISTRO_NAME == ubuntu ]] && export A=1")],
  ["script-last-status", "error", "test", environment('test -n "${X:-}" && export A=1')],
  [
    "script-last-status",
    "error",
    "grep",
    environment("grep -q web /etc/os-release && export A=1 || :; [ a = b ] && A=2"),
  ],
  ["script-last-status", "error", "in a branch", environment("if true; then\n    [ -f /etc/x ] && export A=1\nfi")],
  ["script-last-status", "warning", "of a hook", install('X=\n[ -n "$X" ] && echo x')],
  ["script-last-status", "warning", "of a loop", install("for i in a b; do\n    [ -f $i ] && rm $i\ndone")],
  ["env-read", "error", "what nothing sets", environment("export A=$DIB_WEB_X")],
  ["env-read", "error", "in a test", environment('if [ "$DIB_WEB_X" = 1 ]; then export A=1; fi')],
  ["env-read", "warning", "before the system", { "web/environment.d/05-web": "export A=$DIB_RELEASE\n" }],
  ["env-read", "warning", "its name", { "web/environment.d/05-web": 'case "$DISTRO_NAME" in a) A=1;; esac\n' }],
  [
    "source-repository-variable",
    "error",
    "a reference",
    repository("web git /opt/web https://example.com/w.git $DIB_WEB_X"),
  ],
  ["source-repository-variable", "error", "a location", repository("web tar /opt/web ${DIB_WEB_X}/w.tar.gz *")],
  // Phases.
  ["script-phase-variable", "error", "install.d", install("grub-install $IMAGE_BLOCK_DEVICE")],
  ["script-phase-variable", "error", "post-root.d", hook("post-root.d", 'sudo sfdisk -l "${IMAGE_BLOCK_DEVICE}"')],
  ["script-file-present", "error", "beside the script", install("cp $(dirname $0)/web.conf /etc/")],
  ["script-file-present", "error", "in quotes", install('cp "$(dirname "$0")/web.conf" /etc/')],
  [
    "script-file-present",
    "error",
    "a variable",
    install("HERE=$(dirname $0)\ninstall -m 644 $HERE/web.conf /etc/web.conf"),
  ],
  ["script-file-present", "error", "above", install('. "${0%/*}/../lib/web.sh"')],
  ["script-file-present", "error", "the hooks directory", install("cp /tmp/in_target.d/files/web.conf /etc/")],
  ["script-file-present", "error", "on the host", hook("extra-data.d", "sudo cp $TMP_HOOKS_PATH/files/web.conf /srv/")],
  [
    "script-file-present",
    "error",
    "a question about another name",
    {
      "web/extra-data.d/50-web": script('cat "$KEYS" >> $TMP_HOOKS_PATH/webuser-authorized-keys'),
      "web/install.d/50-web": script("if [ -f /tmp/in_target.d/user-authorized-keys ]; then\n    uptime\nfi"),
    },
  ],
  ["script-hooks-read-only", "error", "a file", install("echo x > /tmp/in_target.d/state")],
  ["script-hooks-read-only", "error", "a venv", install("python3 -m venv /tmp/in_target.d/venv")],
  ["script-hooks-read-only", "error", "a variable", install("D=/tmp/in_target.d/x\nmkdir -p $D")],
  ["script-hooks-read-only", "error", "an archive", install("tar -xf /srv/x.tar -C /tmp/in_target.d")],
  ["script-kernel-state", "warning", "modprobe", install("modprobe br_netfilter")],
  ["script-kernel-state", "warning", "sysctl -w", install("sysctl -w net.ipv4.ip_forward=1")],
  ["script-kernel-state", "warning", "sysctl -p", hook("post-install.d", "sysctl -p /etc/sysctl.d/web.conf")],
  ["script-kernel-state", "warning", "hostnamectl", install("hostnamectl set-hostname web")],
  ["script-kernel-state", "warning", "netplan", hook("finalise.d", "netplan apply")],
  ["script-resolv-conf", "warning", "a redirection", install("echo nameserver 10.0.0.1 > /etc/resolv.conf")],
  ["script-resolv-conf", "warning", "a copy", install("cp /srv/resolv.conf /etc/resolv.conf")],
  ["script-resolv-conf", "warning", "tee", install("echo nameserver 10.0.0.1 | tee -a /etc/resolv.conf")],
  ["script-sudo-redirect", "error", "echo", hook("pre-finalise.d", "sudo echo x > $TMP_MOUNT_PATH/etc/f")],
  ["script-sudo-redirect", "error", "appending", hook("root.d", 'sudo sh -c uptime >> "$TARGET_ROOT/etc/f"')],
  ["script-sudo-redirect", "error", "a here-document", hook("root.d", "sudo cat <<EOF > ${TARGET_ROOT}/etc/f\nx\nEOF")],
  // Units.
  ["unit-program", "error", "the hooks directory", unit(`[Service]\nExecStart=/tmp/in_target.d/bin/w\n${INSTALL}`)],
  [
    "unit-program",
    "error",
    "a script of nearly that name",
    {
      ...unit(`[Service]\nExecStart=/usr/local/bin/web-strat --now\n${INSTALL}`),
      "web/static/usr/local/bin/web-start": "#!/bin/sh\n",
    },
  ],
  [
    "unit-program",
    "error",
    "a script that is not executable",
    {
      ...unit(`[Service]\nExecStartPre=/usr/local/bin/web-start\nExecStart=/usr/bin/web\n${INSTALL}`),
      "web/static/usr/local/bin/web-start": { content: "#!/bin/sh\n", mode: 0o644 },
    },
  ],
  ["unit-section", "error", "a section of that name", unit(`[Services]\nExecStart=/usr/bin/w\n${INSTALL}`)],
  ["unit-section", "error", "a condition", unit(`[Service]\nConditionPathExists=/x\nExecStart=/usr/bin/w\n${INSTALL}`)],
  ["unit-section", "error", "WantedBy", unit("[Unit]\nWantedBy=multi-user.target\n[Service]\nExecStart=/usr/bin/w\n")],
  ["unit-section", "error", "User", unit(`[Unit]\nUser=web\n[Service]\nExecStart=/usr/bin/w\n${INSTALL}`)],
  ["unit-section", "error", "a misspelt key", unit(`[Service]\nExecStrat=/usr/bin/w\n${INSTALL}`)],
  [
    "unit-section",
    "error",
    "a unit that a script writes",
    install("cat > /etc/systemd/system/web.service <<EOF\n[Service]\nAfter=network.target\nExecStart=/usr/bin/w\nEOF"),
  ],
  [
    "unit-section",
    "error",
    "a unit beside the script",
    { "web/install.d/web-source-install/web.service": "[Service]\nWants=a.service\nExecStart=/usr/bin/w\n" },
  ],
  ["unit-started", "warning", "no [Install]", unit("[Service]\nExecStart=/usr/bin/w\n")],
  ["unit-started", "warning", "a name of one letter", unit("[Service]\nExecStart=/usr/bin/w\n", "w.service")],
  [
    "unit-started",
    "warning",
    "its name is only a word of a script",
    { ...unit("[Service]\nExecStart=/usr/bin/w\n"), ...install("mkdir -p /srv/web\necho web is there") },
  ],
  [
    "unit-started",
    "warning",
    "an init script",
    {
      "web/element-deps": "dib-init-system\n",
      "web/init-scripts/systemd/web.service": "[Service]\nExecStart=/bin/w\n",
    },
  ],
  // Commands and the elements that bring them.
  ["script-command-name", "error", "install-package", install("install-package nginx")],
  ["script-command-name", "error", "install_packages", install("install_packages nginx")],
  ["script-command-name", "error", "svcmap", install("systemctl enable $(svcmap web)")],
  ["script-program-element", "error", "svc-map", install("systemctl enable $(svc-map web)")],
  [
    "script-program-element",
    "error",
    "cache-url",
    hook("extra-data.d", "$TMP_HOOKS_PATH/bin/cache-url https://x /srv/x"),
  ],
  ["script-program-element", "error", "dib-python", { "web/install.d/50-web": "#!/usr/bin/env dib-python\nprint()\n" }],
  ["script-program-element", "error", "dib_python_version", packages("PyYAML:\n  dib_python_version: 2\n")],
  [
    "script-command-variable",
    "warning",
    "nothing sets it",
    { "web/install.d/50-web": "#!/bin/bash\n${WEBTOOL} install x\n" },
  ],
  ["script-command-variable", "warning", "some systems set it", install("${YUM} install -y nginx")],
  ["script-command-variable", "warning", "behind sudo", { "web/install.d/50-web": "#!/bin/bash\nsudo $WEBTOOL x\n" }],
  ["script-assume-yes", "error", "apt-get", install("apt-get install nginx")],
  ["script-assume-yes", "error", "behind env", install("DEBIAN_FRONTEND=noninteractive apt-get -q install nginx")],
  ["script-assume-yes", "error", "dnf", install("dnf install nginx")],
  ["script-assume-yes", "error", "yum remove", install("yum remove nginx")],
  ["script-assume-yes", "error", "a PPA", install("add-apt-repository ppa:web/stable")],
  ["script-assume-yes", "error", "zypper", install("zypper install nginx")],
  // Names that nothing looks for.
  ["install-type-name", "error", "src", { "web/install.d/web-src-install/50-web": script("uptime") }],
  ["install-type-name", "error", "none", { "web/install.d/web-install/50-web": script("uptime") }],
  ["init-script-system", "error", "system", { "web/init-scripts/system/web.service": "[Service]\n" }],
  ["init-script-system", "error", "sysvinit", { "web/init-scripts/sysvinit/web": "#!/bin/sh\n" }],
  ["block-device-name", "error", "x86_64", { "web/block-device-x86_64.yaml": "- local_loop:\n    name: image0\n" }],
  ["block-device-name", "error", "aarch64", { "web/block-device-aarch64.yaml": "- local_loop:\n    name: image0\n" }],
  ["block-device-name", "error", "defualt", { "web/block-device-defualt.yaml": "- local_loop:\n    name: image0\n" }],
  ["block-device-last", "error", "swap after it", disk(`${ROOT}      - name: swap\n        size: 1GiB\n`)],
  ["svc-map-known", "error", "defalt", { "web/svc-map": "web:\n  defalt: nginx\n" }],
  ["svc-map-known", "error", "ubunut", { "web/svc-map": "web:\n  ubunut: nginx\n" }],
  ["packages-name", "error", "a blank", packages("libfoo libbar:\n")],
  ["packages-name", "error", "a comma", packages('"libfoo,libbar":\n')],
  [
    "control-file-name",
    "error",
    "package-installs",
    { "web/element-deps": "package-installs\n", "web/package-installs": "nginx:\n" },
  ],
  [
    "control-file-name",
    "error",
    "beside a README",
    { "web/README.rst": "x element-dep\n", "web/element-dep": "base\n" },
  ],
  // The shell.
  ["script-pipe-head", "warning", "sort", install("X=$(find /srv | sort | head -1)\necho $X")],
  ["script-pipe-head", "warning", "curl", install("X=$(curl -s https://example.com/list | head -n 1)\necho $X")],
  ["script-pipe-head", "warning", "grep -q", install("if rpm -qa | grep -q nginx; then uptime; fi")],
  ["script-comparison-value", "warning", "jamy", install('if [ "$DIB_RELEASE" == jamy ]; then uptime; fi')],
  ["script-comparison-value", "warning", "a distribution", install('if [ "$DIB_RELEASE" = ubuntu ]; then uptime; fi')],
  ["script-comparison-value", "warning", "case", install('case "$DISTRO_NAME" in\n  ubunut) uptime ;;\nesac')],
  [
    "script-comparison-value",
    "warning",
    "an init system",
    install('if [ "$DIB_INIT_SYSTEM" = sysvinit ]; then uptime; fi'),
  ],
  [
    "script-comparison-number",
    "warning",
    "centos",
    install('if [[ $DISTRO_NAME == "centos" && $DIB_RELEASE -ge 8 ]]; then uptime; fi'),
  ],
  ["script-comparison-number", "warning", "nothing said", install('if [ "$DIB_RELEASE" -ge 8 ]; then uptime; fi')],
  [
    "script-comparison-number",
    "warning",
    "case",
    install("case $DISTRO_NAME in\n  debian)\n    if [ $DIB_RELEASE -lt 9 ]; then uptime; fi ;;\nesac"),
  ],
  ["script-arithmetic-status", "error", "i++", install("i=0\n((i++))\nuptime")],
  ["script-arithmetic-status", "error", "let", install("i=0\nfor x in a b; do\n    let i++\ndone")],
  ["script-arithmetic-status", "error", "(( x = 0 ))", install("(( x = 0 ))\nuptime")],
  ["script-test-operator", "error", "||", install('if [ "$ARCH" = a || "$ARCH" = b ]; then uptime; fi')],
  ["script-test-operator", "error", "&&", install("if [ -f /a && -f /b ]; then uptime; fi")],
  [
    "script-test-operator",
    "error",
    "a pipe",
    { "web/bin/install-x": script('if [ ! web --search "^$1$" | grep -q none ]; then\n    uptime\nfi') },
  ],
  ["script-test-glob", "error", "[[", install("if [[ -d /x/*-y ]]; then uptime; fi")],
  ["script-test-glob", "warning", "[", install("if [ -f /etc/web/*.conf ]; then uptime; fi")],
  ["script-test-constant", "warning", "a missing $", install("if [ DISTRO_NAME = ubuntu ]; then uptime; fi")],
  ["script-test-constant", "warning", "-n", install("if [ -n web ]; then uptime; fi")],
  ["script-blanks", "error", "before ]", install('if [ "$ARCH" = b]; then uptime; fi')],
  ["script-blanks", "error", "after [[", install('if [["$ARCH" = b ]]; then uptime; fi')],
  ["script-blanks", "error", "if[", install('if[ "$ARCH" = b ]; then uptime; fi')],
  ["script-blanks", "error", "after a backslash", install("curl -o /srv/x \\ \n    https://example.com/x")],
  ["script-blanks", "error", "typographic quotes", install("echo \u201cweb\u201d > /etc/x")],
  ["script-blanks", "error", "no operand", install("if [ -z ]; then uptime; fi")],
  ["script-sh-features", "error", "pipefail", { "web/install.d/50-web": script("uptime", "#!/bin/sh") }],
  [
    "script-sh-features",
    "error",
    "[[",
    { "web/install.d/50-web": "#!/bin/sh\nset -eu\nif [[ $ARCH = a ]]; then uptime; fi\n" },
  ],
  [
    "control-file-handled",
    "info",
    "only base brings the handler",
    {
      "web/init-scripts/systemd/web.service":
        "[Service]\nExecStart=/usr/bin/web\n[Install]\nWantedBy=multi-user.target\n",
      "base/element-deps": "dib-init-system\n",
      "dib-init-system/README.rst": "x\n",
    },
  ],
  [
    "script-sh-features",
    "error",
    "==",
    { "web/install.d/50-web": '#!/bin/sh\nset -eu\nif [ "$ARCH" == a ]; then uptime; fi\n' },
  ],
  [
    "script-variable-branch",
    "error",
    "case",
    install(
      "case $ARCH in\n  amd64)\n    B=/a\n    ;;\n  arm64)\n    B=/b\n    W=c\n    ;;\nesac\ncat > /etc/x <<EOF\n$B\n$W\nEOF",
    ),
  ],
  ["script-variable-branch", "error", "if", install("if [ -f /x ]; then\n  A=1\nelse\n  B=2\nfi\necho $A")],
  ["python-interpreter", "error", "python2", { "web/install.d/50-web": "#!/usr/bin/python2\nprint()\n" }],
  ["python-interpreter", "warning", "python", { "web/install.d/50-web": "#!/usr/bin/env python\nprint()\n" }],
  [
    "file-secret",
    "warning",
    "a token",
    install("curl -H 'Authorization: Bearer abcdef0123456789' https://example.com"),
  ],
  ["file-secret", "warning", "a key", { "web/static/root/.ssh/id": `${KEY}\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n` }],
  ["file-secret", "warning", "chpasswd", install("echo root:hunter22 | chpasswd")],
  ["file-secret", "warning", "chpasswd in quotes", install('echo "root:hunter22" | sudo chpasswd')],
  [
    "script-tmp-sweep",
    "error",
    "find -exec",
    hook("finalise.d", "find /tmp -mindepth 1 -maxdepth 1 -exec rm -rf {} +"),
  ],
  ["script-tmp-sweep", "error", "a variable", hook("finalise.d", "D=/tmp\nrm -rf $D/*")],
  ["script-tmp-sweep", "error", "in quotes", hook("finalise.d", 'D=/tmp\nrm -rf "${D}"/*')],
])("%s %s: %s", async (rule, severity, _, tree) => {
  expect(await findings(tree, rule)).toContain(`${severity} ${rule}`);
});

it.skipIf(upstream === undefined).each<readonly [string, string, ExampleTree]>([
  ["script-heredoc-end", "tabs with <<-", install("if true; then\n\tcat > /etc/x <<-EOF\n\tx\n\tEOF\nfi")],
  ["script-heredoc-end", "an indented line in the text", install("cat > /etc/x <<EOF\n  EOF\nx\nEOF\nuptime")],
  ["script-heredoc-end", "two on a line", install("diff - /dev/fd/3 <<A 3<<B\na\nA\nb\nB\nuptime")],
  ["script-heredoc-expands", "quoted", install("cat > /usr/local/bin/x <<'EOF'\necho $1\nEOF")],
  ["script-heredoc-expands", "a backslash", install("cat > /usr/local/bin/x <<EOF\necho \\$1 \\${2} \\$@\nEOF")],
  ["script-heredoc-expands", "a function", install("w() {\n  cat > /etc/x <<EOF\n$1\nEOF\n}\nw a")],
  ["script-heredoc-expands", "a comment", install("cat > /etc/x <<EOF\n# written by $0\nEOF")],
  ["script-heredoc-expands", "variables of the build", install("cat > /etc/x <<EOF\n$ARCH ${DISTRO_NAME}\nEOF")],
  ["script-last-status", "if", environment('if [ "$DISTRO_NAME" = ubuntu ]; then export A=1; fi')],
  ["script-last-status", "or", environment('[ "$DISTRO_NAME" != ubuntu ] || export A=1')],
  ["script-last-status", "not the last", environment('[ "$DISTRO_NAME" = ubuntu ] && export A=1\nexport B=1')],
  ["script-last-status", "with an alternative", environment("[ -f /x ] && export A=1 || true")],
  ["script-last-status", "commands that must succeed", install("apt-get update && apt-get install -y nginx")],
  ["env-read", "a default", environment("export A=${DIB_WEB_X:-1}")],
  ["env-read", "asked for", environment('if [ -n "${DIB_WEB_X:-}" ]; then export A=$DIB_WEB_X; fi')],
  ["env-read", "after the system", { "web/environment.d/60-web": "export A=$DIB_RELEASE\n" }],
  ["env-read", "of the builder", environment("export A=$ARCH-$TMP_HOOKS_PATH")],
  [
    "source-repository-variable",
    "a default",
    repository("web git /opt/web https://example.com/w.git ${DIB_WEB_X:-main}"),
  ],
  ["source-repository-variable", "a comment", repository("# web git /opt/web $DIB_WEB_X")],
  ["source-repository-variable", "the builder's", repository("web tar /opt/web https://example.com/$ARCH.tar *")],
  ["script-phase-variable", "finalise.d", hook("finalise.d", "grub-install $IMAGE_BLOCK_DEVICE")],
  [
    "script-phase-variable",
    "a default",
    install('if [ -n "${IMAGE_BLOCK_DEVICE:-}" ]; then echo $IMAGE_BLOCK_DEVICE; fi'),
  ],
  ["script-file-present", "there", { ...install("cp $(dirname $0)/web.conf /etc/"), "web/install.d/web.conf": "x\n" }],
  [
    "script-file-present",
    "above",
    { ...install("cp $(dirname $0)/../files/web.conf /etc/"), "web/files/web.conf": "x\n" },
  ],
  [
    "script-file-present",
    "static",
    { ...install("cp /tmp/in_target.d/static/etc/x /etc/"), "web/static/etc/x": "x\n" },
  ],
  [
    "script-file-present",
    "written by extra-data.d",
    { ...install("cp /tmp/in_target.d/web.conf /etc/"), ...hook("extra-data.d", "echo x > $TMP_HOOKS_PATH/web.conf") },
  ],
  ...[
    "dd if=/etc/x of=${TMP_HOOKS_PATH}/web.conf",
    "curl -o $TMP_HOOKS_PATH/web.conf https://example.com",
    'sudo -Hiu "$USER" dd if=/etc/x of="${TMP_HOOKS_PATH}/web.conf"',
    'sudo sh -c "echo x > $TMP_HOOKS_PATH/web.conf"',
    "ssh-keygen -f $TMP_HOOKS_PATH/web.conf",
    "make-web --to $TMP_HOOKS_PATH/web.conf",
    "tar -xf /srv/x.tar -C $TMP_HOOKS_PATH/web",
    "git clone https://example.com/w.git $TMP_HOOKS_PATH/web",
    "wget -O - https://example.com > $TMP_HOOKS_PATH/web.conf",
  ].map((line) => ["script-file-present", line, hook("extra-data.d", line)] as const),
  [
    "script-file-present",
    "a directory that is copied",
    {
      ...install("cp /tmp/in_target.d/site/web.conf /etc/"),
      ...hook("extra-data.d", 'cp -r "$SITE" $TMP_HOOKS_PATH/site'),
    },
  ],
  [
    "script-file-present",
    "asked for",
    install("if [ -f /tmp/in_target.d/web.conf ]; then cp /tmp/in_target.d/web.conf /etc; fi"),
  ],
  ["script-file-present", "a wildcard", install("cp $(dirname $0)/conf/* /etc/")],
  ["script-file-present", "the builder's", install("ls /tmp/in_target.d/install.d /tmp/in_target.d/environment.d")],
  ["script-hooks-read-only", "read", install("cp /tmp/in_target.d/x /etc/x\ntar -cf /srv/x -C /tmp/in_target.d .")],
  ["script-hooks-read-only", "another place", install("echo x > /tmp/in_target/x\nmkdir /tmp/x")],
  ["script-kernel-state", "a host phase", hook("pre-finalise.d", "sudo modprobe loop")],
  ["script-kernel-state", "a question", install("modprobe --show-depends loop\nsysctl -n kernel.ostype")],
  ["script-kernel-state", "whoever expects it to fail", install("sysctl -p || true")],
  ["script-resolv-conf", "the image's own", install("echo x > /etc/resolv.conf.ORIG")],
  ["script-resolv-conf", "both", install("echo x > /etc/resolv.conf\necho x > /etc/resolv.conf.ORIG")],
  [
    "script-resolv-conf",
    "a link",
    install("rm -f /etc/resolv.conf\nln -s /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf"),
  ],
  ["script-resolv-conf", "the image, from outside", hook("pre-finalise.d", "cat /etc/resolv.conf")],
  ["script-sudo-redirect", "tee", hook("root.d", "echo x | sudo tee $TARGET_ROOT/etc/f > /dev/null")],
  ["script-sudo-redirect", "the whole in sudo", hook("root.d", 'sudo sh -c "echo x > $TARGET_ROOT/etc/f"')],
  ["script-sudo-redirect", "a file of one's own", hook("root.d", "sudo cat /etc/shadow > $TMP_HOOKS_PATH/shadow")],
  ["script-sudo-redirect", "another command's", hook("root.d", "sudo true\necho x > $TARGET_ROOT/f")],
  ["unit-program", "a package's", unit(`[Service]\nExecStart=/usr/bin/nginx -g x\n${INSTALL}`)],
  [
    "unit-section",
    "conditions",
    unit(`[Unit]\nConditionPathExists=/x\n[Service]\nExecStart=/usr/bin/w\nStartLimitInterval=0\n${INSTALL}`),
  ],
  ["unit-section", "a newer key", unit(`[Service]\nExecStart=/usr/bin/w\nRestartMode=direct\n${INSTALL}`)],
  ["unit-section", "a line that goes on", unit(`[Service]\nExecStart=/usr/bin/w \\\n  Wants=a \\\n  --b\n${INSTALL}`)],
  ["unit-section", "a section of one's own", unit(`[X-Web]\nA=1\n[Service]\nExecStart=/usr/bin/w\n${INSTALL}`)],
  [
    "unit-started",
    "a timer",
    { ...unit("[Service]\nExecStart=/usr/bin/w\n"), ...unit("[Timer]\nOnBootSec=1\n", "web.timer") },
  ],
  [
    "unit-started",
    "a script starts it",
    { ...unit("[Service]\nExecStart=/usr/bin/w\n"), ...install("systemctl add-wants multi-user.target web") },
  ],
  [
    "unit-started",
    "a link",
    {
      ...unit("[Service]\nExecStart=/usr/bin/w\n"),
      "web/static/etc/systemd/system/multi-user.target.wants/web.service": { link: "../web.service" },
    },
  ],
  ["script-command-name", "a program", install("install-info /usr/share/info/web.info /usr/share/info/dir")],
  ["script-command-name", "a function", install("install-package() { uptime; }\ninstall-package nginx")],
  ["script-program-element", "a dependency", { ...install("svc-map web"), "web/element-deps": "svc-map\n" }],
  ["script-program-element", "every system's", install("install-packages nginx")],
  ["script-program-element", "asked for", install("if command -v svc-map; then svc-map web; fi")],
  ["script-command-variable", "a default", install("${WEBTOOL:-web} install x")],
  [
    "script-command-variable",
    "on the systems that have it",
    install('if [[ "$DISTRO_NAME" =~ ^(centos|rhel)$ ]]; then\n  ${YUM} install -y x\nfi'),
  ],
  [
    "script-assume-yes",
    "answers",
    install("apt-get install -y a\napt-get -qy install a\ndnf -y install a\nyum install a -y\nzypper -n in a"),
  ],
  [
    "script-assume-yes",
    "questions",
    install("apt-get update\napt-cache search x\ndnf list\ndnf config-manager --set-enabled x\ndnf module list"),
  ],
  ["script-assume-yes", "yes", install("yes | apt-get install nginx")],
  ["script-assume-yes", "a variable of options", install("apt-get $APT_OPTIONS install nginx")],
  ["install-type-name", "usual", { "web/install.d/web-source-install/50-web": script("uptime") }],
  [
    "install-type-name",
    "chosen",
    {
      "web/install.d/web-repo-install/50-web": script("uptime"),
      ...environment("export DIB_INSTALLTYPE_web=${DIB_INSTALLTYPE_web:-repo}"),
    },
  ],
  ["init-script-system", "systemd", { "web/init-scripts/systemd/web.service": "[Service]\n" }],
  ["block-device-name", "default", { "web/block-device-default.yaml": "x\n", "web/block-device-arm64.yaml": "x\n" }],
  ["block-device-last", "the last", disk(`      - name: swap\n        size: 1GiB\n${ROOT}`)],
  ["svc-map-known", "known keys", { "web/svc-map": "web:\n  default: a\n  redhat: b\n  ubuntu: c\n  suse: d\n" }],
  [
    "packages-name",
    "a mapped name",
    { ...packages("web server:\n"), "web/pkg-map": '{"default": {"web server": "nginx"}}' },
  ],
  [
    "control-file-name",
    "a file that a script reads",
    { "web/package-installs": "x\n", ...install("cat /tmp/in_target.d/package-installs") },
  ],
  ["script-pipe-head", "short output", install("uname -r | head -1\necho a b | grep -q a\nls /lib/modules | head -1")],
  ["script-pipe-head", "thought of", install("X=$(find / -name x | head -1 || true)\necho $X")],
  ["script-pipe-head", "without pipefail", { "web/install.d/50-web": "#!/bin/bash\nset -eu\nsort /x | head -1\n" }],
  [
    "script-comparison-value",
    "releases",
    install(
      "for r in 1; do\n[ $DIB_RELEASE = jammy ] || [ $DIB_RELEASE = 9-stream ] || [ $DIB_RELEASE = mine ] || true\ndone",
    ),
  ],
  [
    "script-comparison-value",
    "patterns",
    install('case "$DISTRO_NAME" in\n  ubuntu|debian) : ;;\n  centos*|rhel*) : ;;\n  *) : ;;\nesac'),
  ],
  [
    "script-comparison-number",
    "numbers",
    install(
      "case $DISTRO_NAME in\n  fedora) [ $DIB_RELEASE -ge 30 ] || true ;;\n  rhel|rocky) [ $DIB_RELEASE -ge 8 ] || true ;;\nesac",
    ),
  ],
  ["script-comparison-number", "the number of it", install('[ "${DIB_RELEASE%%-*}" -ge 8 ] || true')],
  [
    "script-comparison-number",
    "asked first",
    install("if [[ $DIB_RELEASE =~ ^[0-9]+$ ]] && [[ $DIB_RELEASE -ge 8 ]]; then uptime; fi"),
  ],
  ["script-arithmetic-status", "from 1", install("i=1\n((i++))\nuptime")],
  ["script-arithmetic-status", "asked", install("i=0\n((i++)) || true\nif ((i == 0)); then uptime; fi\n((++i))")],
  [
    "script-test-operator",
    "right",
    install('[ -f /a ] || [ -f /b ] && uptime\n[[ -f /a || -f /b ]] || true\nif [ "a || b" = c ]; then uptime; fi'),
  ],
  ["script-test-glob", "quoted and patterns", install('[[ $ARCH == a* ]] || true\n[ -f "/x/*" ] || true')],
  [
    "script-test-constant",
    "variables",
    install('[ -n "${X:-}" ] || true\nwhile [ 1 ]; do break; done\n[ -f web ] || true'),
  ],
  [
    "script-blanks",
    "strings",
    install(
      "awk '\n  if [x] { print }\n' /x\nsed -e 's/[a-z]]/x/' /x\ncase $ARCH in\n  [ab]*) uptime ;;\nesac\necho [x]",
    ),
  ],
  [
    "script-blanks",
    "subscripts",
    install('a=(x)\nif [ "${a[0]}" = x ]; then uptime; fi\n[[ $ARCH =~ [0-9] ]] || true'),
  ],
  [
    "script-sh-features",
    "plain",
    { "web/install.d/50-web": '#!/bin/sh\nset -eu\nif [ "$ARCH" = a ]; then uptime; fi\n' },
  ],
  ["script-sh-features", "bash", install("[[ $ARCH = a ]] || true")],
  ["script-variable-branch", "all branches", install("if [ -f /x ]; then\n  A=1\nelse\n  A=2\nfi\necho $A")],
  ["script-variable-branch", "before", install("A=\ncase $ARCH in\n  a) A=1 ;;\n  b) B=2 ;;\nesac\necho $A")],
  [
    "script-variable-branch",
    "the other ends",
    install("if [ -f /x ]; then\n  A=1\nelse\n  echo none\n  exit 1\nfi\necho $A"),
  ],
  [
    "script-variable-branch",
    "the last only says what is wrong",
    install('if [ -f /x ]; then\n  A=1\nelse\n  echo "no x"\n  echo "give it an x" >&2\nfi\necho $A'),
  ],
  [
    "script-variable-branch",
    "the same condition",
    install("if [ -f /x ]; then\n  A=1\nelse\n  B=1\nfi\nif [ -f /x ]; then\n  echo $A\nfi"),
  ],
  ["python-interpreter", "python3", { "web/install.d/50-web": "#!/usr/bin/python3\nprint()\n" }],
  [
    "file-secret",
    "variables",
    install('echo "root:$PASSWORD" | chpasswd\ncurl -H "Authorization: Bearer $TOKEN" https://example.com'),
  ],
  [
    "file-secret",
    "a public key",
    { "web/static/root/.ssh/id.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabcdefgh web\n" },
  ],
  [
    "script-tmp-sweep",
    "one's own files",
    hook("finalise.d", "D=/tmp/web\nrm -rf $D/*\nfind /tmp -name 'web*' -delete"),
  ],
])("%s is silent: %s", async (rule, _, tree) => {
  expect(await findings(tree, rule)).toEqual([]);
});

it.skipIf(upstream === undefined).each<readonly [string, string, number]>([
  ["None", "None", 1],
  ["none, in words", "No default", 1],
  ["a value", "example.com", 0],
])("env-required: a default of %s", async (_, words, count) => {
  const elements = exampleElements({
    "web/README.rst": `web\n===\n\nServes.\n\nDIB_WEB_SITE\n  :Required: Yes\n  :Default: ${words}\n  :Description: The site.\n`,
  });
  const catalog = createCatalog([
    { path: "/elements", elements },
    { path: "/upstream", elements: theirs },
  ]);
  const configuration = { images: [{ name: "site", elements: ["debian-minimal", "vm", "web"] }] };
  const { diagnostics } = await lint({ catalog, elements, only: ["env-required"], configuration });
  expect(diagnostics).toHaveLength(count);
});

it("takes a directory for an element when only a misspelt control file says so", () => {
  const root = mkdtempSync(join(tmpdir(), "dibkit-misspelt-"));
  try {
    for (const name of ["element-dep", "package-installs", "element_deps"]) {
      mkdirSync(join(root, name, "web"), { recursive: true });
      writeFileSync(join(root, name, "web/README.rst"), "web\n");
      writeFileSync(join(root, name, "web", name), "base\n");
      expect(discoverElements([join(root, name)]).directories).toEqual([join(root, name)]);
    }
    mkdirSync(join(root, "prose/web"), { recursive: true });
    writeFileSync(join(root, "prose/web/README.rst"), "web\n");
    expect(discoverElements([join(root, "prose")]).directories).toEqual([]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
