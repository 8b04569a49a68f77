import type { StepLabel } from "@dibkit/runner";
import { type BillRequest, documentUuid, shownPath } from "./bill-of-materials.js";

/** The parts of an image as a document of CycloneDX 1.6, as the text of its JSON. */
export async function cyclonedxDocument(request: BillRequest): Promise<string> {
  const { Enums, Models, Serialize, Spec } = await import("@cyclonedx/cyclonedx-library");
  const { parts, created, version } = request;
  const known = (values: Readonly<Record<string, string | undefined>>) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [new Models.Property(`dibkit:${name}`, value)],
    );
  const ofScript = (writer: StepLabel | undefined) => ({
    element: writer?.element,
    script: writer && `${writer.phase}/${writer.script}`,
  });
  const image = new Models.Component(Enums.ComponentType.OperatingSystem, parts.name, {
    bomRef: "image",
    version: parts.system.name,
  });
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${documentUuid(request)}`,
    metadata: new Models.Metadata({
      timestamp: created,
      component: image,
      tools: new Models.Tools({
        components: new Models.ComponentRepository([
          new Models.Component(Enums.ComponentType.Application, "dibkit", { version }),
        ]),
      }),
    }),
  });
  const add = (component: InstanceType<typeof Models.Component>) => {
    bom.components.add(component);
    image.dependencies.add(component.bomRef);
  };
  for (const part of parts.packages) {
    const licence = part.licence?.expression;
    add(
      new Models.Component(Enums.ComponentType.Library, part.name, {
        bomRef: part.url,
        version: part.version,
        purl: part.url,
        ...(part.supplier === undefined
          ? {}
          : { supplier: new Models.OrganizationalEntity({ name: part.supplier.replace(/\s*<[^>]*>$/, "") }) }),
        ...(licence === undefined
          ? {}
          : { licenses: new Models.LicenseRepository([new Models.LicenseExpression(licence)]) }),
        properties: new Models.PropertyRepository(known({ ...ofScript(part.writer), element: part.element })),
      }),
    );
  }
  for (const { name, location, commit, path } of parts.sources) {
    const reference = new Models.ExternalReference(location, Enums.ExternalReferenceType.VCS);
    add(
      new Models.Component(Enums.ComponentType.Library, name, {
        bomRef: `source ${name}`,
        version: commit,
        externalReferences: new Models.ExternalReferenceRepository([reference]),
        properties: new Models.PropertyRepository(known({ path })),
      }),
    );
  }
  for (const { path, sha256, writer } of parts.files) {
    add(
      new Models.Component(Enums.ComponentType.File, shownPath(path), {
        bomRef: `file ${shownPath(path)}`,
        hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
        properties: new Models.PropertyRepository(known(ofScript(writer))),
      }),
    );
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bom, { sortLists: true, space: 2 });
}
