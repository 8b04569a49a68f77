import { setOptionRule } from "../set-option-rule.js";

export default setOptionRule("errexit", {
  id: "script-errexit",
  why: "Without it a script goes on after a failed command, and the image is built with something missing.",
  dibLint: ["sete"],
});
