import { describe, expect, test } from "vitest";
import { bash, raw, variable } from "../../src/define/bash.js";
import { renderBash } from "../../src/define/render-bash.js";

const port = 8080;
const name = `it's "x" $HOME`;

describe("bash templates", () => {
  test.each([
    ["a number is as it is", bash`echo ${port}`, "echo 8080"],
    ["a plain word needs no quotes", bash`echo ${"a.b/c"}`, "echo a.b/c"],
    ["anything else is quoted", bash`echo ${name}`, `echo 'it'\\''s "x" $HOME'`],
    ["an empty string is a word", bash`echo ${""}`, "echo ''"],
    ["an assignment is not made by a value", bash`${"A=b"} cmd`, "'A=b' cmd"],
    ["an array is one word per item", bash`rm ${["a", "b c", 3]}`, "rm a 'b c' 3"],
    ["in double quotes", bash`echo "<${name}>"`, `echo "<it's \\"x\\" \\$HOME>"`],
    ["in a command substitution in double quotes", bash`echo "$(cat ${"a b"})"`, `echo "$(cat 'a b')"`],
    ["in single quotes", bash`echo '${name}'`, `echo 'it'\\''s "x" $HOME'`],
    ["in a comment", bash`# ${"a\nb"}`, "# a b"],
    ["after a comment", bash`x # it's${""}\necho ${"a b"}`, `x # it's\\necho a b`],
    ["a variable is a quoted expansion", bash`echo ${variable("X")}`, 'echo "${X}"'],
    ["a variable in double quotes", bash`echo "a ${variable("X")}"`, 'echo "a ${X}"'],
    ["a variable in single quotes", bash`echo 'a ${variable("X")}'`, `echo 'a '"\${X}"''`],
    ["raw text", bash`echo ${raw("$(date)")}`, "echo $(date)"],
    ["a fragment", bash`if ${bash`test -e ${"a b"}`}; then :; fi`, "if test -e 'a b'; then :; fi"],
    ["shell's own expansion", bash`echo $HOME \${X:-1} \`date\` $\{Y} \n`, "echo $HOME ${X:-1} `date` ${Y} \\n"],
    ["an arithmetic shift is no here-document", bash`echo $(( 1 << 2 ))\n${"a b"}`, "echo $(( 1 << 2 ))\\n'a b'"],
  ])("%s", (_, fragment, text) => {
    expect(renderBash(fragment).text).toBe(text);
  });

  test("here-documents", () => {
    const fragment = bash`
      cat > ${"/etc/a b"} <<EOF
      key = "${name}"
      EOF
      cat > /etc/c <<'END'
      key = ${name}
      END
      echo ${name}
    `;
    expect(renderBash(fragment).text).toBe(
      [
        "cat > '/etc/a b' <<EOF",
        `key = "it's "x" \\$HOME"`,
        "EOF",
        "cat > /etc/c <<'END'",
        `key = it's "x" $HOME`,
        "END",
        `echo 'it'\\''s "x" $HOME'`,
      ].join("\n"),
    );
  });

  test("a fragment on its own line keeps the indentation of that line", () => {
    const body = bash`
      one
          two

      three
    `;
    expect(
      renderBash(bash`
      if true; then
          ${body}
      fi
    `).text,
    ).toBe("if true; then\n    one\n        two\n\n    three\nfi");
  });

  test("a variable that would not be expanded is refused", () => {
    const fragment = bash`
      cat <<'EOF'
      ${variable("X")}
      EOF
    `;
    expect(() => renderBash(fragment)).toThrow('variable "X" would not be expanded inside a quoted here-document');
  });
});
