// Puts a generated text into a page that people write, between the two comments that name it.
import { readFile } from "node:fs/promises";

/**
 * The page with the text in it, as a generator gives its files.
 * @param {string} repository
 * @param {string} page its path in the repository
 * @param {string} name what the comments call it
 * @param {string} text
 */
export async function putIntoPage(repository, page, name, text) {
  const whole = await readFile(`${repository}${page}`, "utf8");
  const [BEGIN, END] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`];
  const [begin, end] = [whole.indexOf(BEGIN), whole.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no lines for the table: ${BEGIN} … ${END}`);
  return { [page]: `${whole.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${whole.slice(end)}` };
}
