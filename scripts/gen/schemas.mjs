// docs/schemas, and a copy that @dibkit/model is published with: the JSON Schemas of an element's structured files.
export async function files(repository) {
  const { renderSchemas } = await import(`${repository}packages/model/src/schemas/schemas.ts`);
  const entries = renderSchemas().flatMap(({ name, content }) => [
    [`docs/schemas/${name}`, content],
    [`packages/model/schemas/${name}`, content],
  ]);
  return Object.fromEntries(entries);
}
