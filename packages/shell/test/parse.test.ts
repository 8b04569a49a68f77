import { beforeAll, describe, expect, it } from "vitest";
import { effectiveCommand, initShell, parse, type ShellScript } from "../src/index.js";

beforeAll(() => initShell());

function script(text: string): ShellScript {
  return parse({ path: "test.sh", text });
}

/** Facts as short strings, so a table row reads at a glance. */
const commands = (text: string) =>
  script(text).commands.map((command) =>
    [command.name?.literal ?? "?", ...command.args.map((word) => word.literal ?? `${word.prefix}…`)].join(" "),
  );
const reads = (text: string) => script(text).reads.map((read) => `${read.name}:${read.kind}`);
const assignments = (text: string) =>
  script(text).assignments.map(
    (made) =>
      `${made.name}:${made.kind}${made.exported ? "!" : ""}${made.value ? `=${made.value.literal ?? "…"}` : ""}`,
  );

describe("variables read", () => {
  it.each([
    ["echo $A", ["A:plain"]],
    ['echo "${A}/${B:-x}"', ["A:plain", "B:default"]],
    [": ${A:=1} ${B-} ${C:+y} ${D:?no}", ["A:assign", "B:default", "C:alternate", "D:error"]],
    ["echo ${#A} ${A%/*} ${A^^} ${A[0]}", ["A:plain", "A:plain", "A:plain", "A:plain"]],
    ["[[ -v A ]] && echo", ["A:tested"]],
    ["echo $((A + $B))", ["A:arithmetic", "B:plain"]],
    ["cat <<E\n$A\nE", ["A:plain"]],
    ["cat <<'E'\n$A\nE", []],
    ["echo '$A' \\$A $1 $@ $?", []],
    ['x="$(foo $A)"', ["A:plain"]],
  ])("%s", (text, expected) => expect(reads(text)).toEqual(expected));
});

describe("variables set", () => {
  it.each([
    ["A=1", ["A:plain=1"]],
    ["A=1 B=2 cmd", ["A:prefix=1", "B:prefix=2"]],
    ["export A='x y' B", ["B:export!", "A:export!=x y"]],
    ["declare -x A=1; local b; readonly C=3", ["A:declare!=1", "b:local", "C:readonly=3"]],
    ["export -f foo", []],
    ["unset A", ["A:unset"]],
    ["read -r -p hello A B; read -a C", ["A:read", "B:read", "C:read"]],
    ["mapfile -t LINES < f; printf -v P %s x; getopts ab: o", ["LINES:mapfile", "P:printf", "o:getopts"]],
    ["for i in 1 2; do :; done", ["i:for"]],
    [": ${A:=1}", ["A:default=1"]],
    ["a[0]=1; a+=(2)", ["a:plain=1", "a:plain=…"]],
    ["eval declare -A m=($(get_image_element_array))", ["m:declare=…"]],
  ])("%s", (text, expected) => expect(assignments(text)).toEqual(expected));
});

describe("commands", () => {
  it.each([
    ["ls -l; (cd /x && make)", ["ls -l", "cd /x", "make"]],
    ['cp a "$D/etc/x"', ["cp a …"]],
    ["cp a /etc/$x", ["cp a /etc/…"]],
    ["x=$(which python)", ["which python"]],
    ["cat <<E | sed s/a/b/ > f\nx\nE", ["cat", "sed s/a/b/"]],
    ["# ls\n'l's 'a b' \"c\"d", ["ls a b cd"]],
  ])("%s", (text, expected) => expect(commands(text)).toEqual(expected));

  it.each([
    ["sudo -E -u root env A=b chroot --userspec=x $D apt-get install y", "sudo env chroot|apt-get|install y"],
    ["timeout -k 5 10 curl x", "timeout|curl|x"],
    ["command -v x", "|command|-v x"],
    ["sudo", "|sudo|"],
  ])("%s runs", (text, expected) => {
    const command = script(text).commands[0];
    if (!command) throw new Error("no command");
    const { through, name, args } = effectiveCommand(command);
    expect([through.join(" "), name, args.map((word) => word.literal).join(" ")].join("|")).toBe(expected);
  });
});

describe("context", () => {
  const contexts = (text: string) =>
    script(text).commands.map(({ name, context }) =>
      [
        name?.literal,
        context.function,
        ...(["tested", "optional", "subshell", "substitution"] as const).filter((key) => context[key]),
      ]
        .filter(Boolean)
        .join(" "),
    );
  it.each([
    ["if a; then b; elif c; then d; fi", ["a tested", "b optional", "c tested optional", "d optional"]],
    ["a && b || c", ["a tested", "b tested optional", "c optional"]],
    ["f() { a; }", ["a f optional"]],
    ["x=$(a | b)", ["a subshell substitution", "b subshell substitution"]],
    ["while a; do b; done; ! c", ["a tested", "b optional", "c tested"]],
  ])("%s", (text, expected) => expect(contexts(text)).toEqual(expected));
});

describe("the rest", () => {
  it("reads set options, sources, redirects, heredocs, shebang and comments", () => {
    const facts = script(
      "#!/bin/bash -e\nset -eux -o pipefail; set +x\n. $_LIB/die\nfoo >> /etc/x 2>&1 # why\ncat <<'E'\nq\nE\n",
    );
    expect(facts.options.map((option) => `${option.on ? "" : "no"}${option.option}`)).toEqual([
      "errexit",
      "nounset",
      "xtrace",
      "pipefail",
      "noxtrace",
    ]);
    expect(facts.sources.map((word) => word.variables)).toEqual([["_LIB"]]);
    expect(facts.redirects.map((redirect) => `${redirect.operator} ${redirect.target.literal}`)).toEqual([
      ">> /etc/x",
      ">& 1",
    ]);
    expect(facts.heredocs.map((heredoc) => `${heredoc.delimiter} ${heredoc.quoted}`)).toEqual(["E true"]);
    expect(facts.shebang?.text).toBe("#!/bin/bash -e");
    expect(facts.comments).toHaveLength(2);
    expect(facts.problems).toEqual([]);
  });

  it.each([
    ["if true; then", ['expected "fi"']],
    ["echo ((", ["this is not understood here"]],
    ["grep -v ^lo$ x; for i in $(grep -v ^lo$); do :; done", []],
  ])("suspects %s", (text, messages) =>
    expect(script(text).problems.map((problem) => problem.message)).toEqual(messages),
  );

  it("gives up on what no one wrote", () => {
    expect(script("x".repeat(1_000_001)).unread).toBe("too-large");
    for (const text of [
      "(".repeat(5_000),
      "$((".repeat(2_000),
      '"'.repeat(9_001),
      "if a; then\n".repeat(900),
      "\0\ud800",
    ]) {
      expect(script(text).unread).toBeUndefined();
    }
  });
});
