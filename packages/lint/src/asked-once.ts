import type { LintTools } from "./lint-tools.js";

/** The tools for one run over the same elements, which may begin anew: what was asked of a program is not asked again. */
export function askedOnce(tools: LintTools): LintTools {
  const { pythonVerdicts, shellcheck } = tools;
  return {
    ...tools,
    ...(pythonVerdicts && { pythonVerdicts: first(pythonVerdicts) }),
    ...(shellcheck && { shellcheck: first(shellcheck) }),
  };
}

function first<Asked, Answer>(ask: (asked: Asked) => Promise<Answer>): (asked: Asked) => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return (asked) => {
    answer ??= ask(asked);
    return answer;
  };
}
