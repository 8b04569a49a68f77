import { createHash } from "node:crypto";
import type { StepLabel } from "@dibkit/runner";
import { type BillRequest, documentUuid, shownPath } from "./bill-of-materials.js";
import type { FilePart, PackagePart, SourcePart } from "./image-parts.js";

const UNKNOWN = "NOASSERTION";
const ROOT = "SPDXRef-image";

/** The parts of an image as a document of SPDX 2.3, to be written as JSON. */
export function spdxDocument(request: BillRequest): object {
  const { parts, created, version } = request;
  const packages = parts.packages.map(packageOf);
  const sources = parts.sources.map(sourceOf);
  // SPDX wants a SHA-1 of every file, for which its bytes are needed.
  const files = parts.files.flatMap((file, at) => (file.sha1 === undefined ? [] : [fileOf(file, file.sha1, at)]));
  const left = parts.files.length - files.length;
  const references = Object.assign({}, ...parts.packages.map(({ licence }) => licence?.references ?? {}));
  const contained = [...packages, ...sources, ...files].map(({ SPDXID }) => ({
    spdxElementId: ROOT,
    relationshipType: "CONTAINS",
    relatedSpdxElement: SPDXID,
  }));
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: parts.name,
    documentNamespace: `urn:uuid:${documentUuid(request)}`,
    ...(left === 0 ? {} : { comment: `${left} files that no package owns are left out: their bytes are not at hand` }),
    creationInfo: { created: `${created.toISOString().slice(0, 19)}Z`, creators: [`Tool: dibkit-${version}`] },
    packages: [
      {
        SPDXID: ROOT,
        name: parts.name,
        versionInfo: parts.system.name,
        ...UNDECLARED,
        ...(files.length === 0 ? {} : analysed(parts.files)),
        primaryPackagePurpose: "OPERATING-SYSTEM",
      },
      ...packages,
      ...sources,
    ],
    files,
    ...(Object.keys(references).length === 0
      ? {}
      : {
          hasExtractedLicensingInfos: Object.entries(references as Record<string, string>)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([licenseId, name]) => ({
              licenseId,
              name,
              extractedText: `See the package: its licence is "${name}".`,
            })),
        }),
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: ROOT },
      ...contained,
    ],
  };
}

const UNDECLARED = {
  downloadLocation: UNKNOWN,
  filesAnalyzed: false,
  licenseConcluded: UNKNOWN,
  licenseDeclared: UNKNOWN,
  copyrightText: UNKNOWN,
} as const;

/** A package may only hold files when it says that these were looked at, with SPDX's sum over all of them. */
function analysed(files: readonly FilePart[]) {
  const sums = files.flatMap(({ sha1 }) => sha1 ?? []).sort();
  const packageVerificationCodeValue = createHash("sha1").update(sums.join("")).digest("hex");
  return {
    filesAnalyzed: true,
    licenseInfoFromFiles: [UNKNOWN],
    packageVerificationCode: { packageVerificationCodeValue },
  };
}

function packageOf({ name, version, url, supplier, licence, element, writer }: PackagePart, at: number) {
  const asked = element === undefined ? undefined : `asked for by element ${element}${scriptOf(writer)}`;
  return {
    SPDXID: `SPDXRef-package-${at}-${idOf(name)}`,
    name,
    versionInfo: version,
    ...(supplier === undefined ? {} : { supplier: supplierOf(supplier) }),
    ...UNDECLARED,
    ...(licence === undefined ? {} : { licenseDeclared: licence.expression }),
    ...(asked === undefined ? {} : { sourceInfo: asked }),
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: url }],
  };
}

function sourceOf({ name, location, commit, path }: SourcePart, at: number) {
  const fetched = /^(https?|git|ssh):\/\//.test(location) ? `git+${location}@${commit}` : UNKNOWN;
  return {
    SPDXID: `SPDXRef-source-${at}-${idOf(name)}`,
    name,
    versionInfo: commit,
    ...UNDECLARED,
    downloadLocation: fetched,
    primaryPackagePurpose: "SOURCE",
    sourceInfo: `git repository ${location} at ${path}`,
  };
}

function fileOf({ path, sha256, writer }: FilePart, sha1: string, at: number) {
  const comment = writer === undefined ? undefined : `written by ${writer.phase}/${writer.script}${elementOf(writer)}`;
  return {
    SPDXID: `SPDXRef-file-${at}`,
    fileName: `.${shownPath(path)}`,
    checksums: [
      { algorithm: "SHA1", checksumValue: sha1 },
      { algorithm: "SHA256", checksumValue: sha256 },
    ],
    licenseConcluded: UNKNOWN,
    licenseInfoInFiles: [UNKNOWN],
    copyrightText: UNKNOWN,
    ...(comment === undefined ? {} : { comment }),
  };
}

function scriptOf(writer: StepLabel | undefined): string {
  return writer === undefined ? "" : `, put there by ${writer.phase}/${writer.script}`;
}

function elementOf({ element }: StepLabel): string {
  return element === undefined ? "" : ` of element ${element}`;
}

function supplierOf(text: string): string {
  const [, name = text, address] = /^(.*?)\s*<([^>]*)>$/.exec(text) ?? [];
  return `Organization: ${name}${address === undefined ? "" : ` (${address})`}`;
}

function idOf(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]+/g, "-");
}
