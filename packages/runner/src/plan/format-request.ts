import type { FormatRequest } from "../formats/format.js";
import type { BuildRequest } from "../job/build-request.js";
import { sourceDate } from "./source-date.js";

/** The part of a build request that the output formats need. */
export function formatRequest(request: BuildRequest, image: string): FormatRequest {
  const { environment } = request;
  const date = sourceDate(environment);
  const optional = <K extends string>(key: K, value: string | undefined) =>
    (value === undefined || value === "" ? {} : { [key]: value }) as { [P in K]?: string };
  return {
    outputPath: image,
    types: request.formats,
    compress: request.compress,
    checksums: request.checksums,
    overwrite: (environment.OVERWRITE_OLD_IMAGE || "0") !== "0",
    ...(date === undefined ? {} : { sourceDate: date }),
    ...optional("qemuImgOptions", request.qemuImgOptions),
    ...optional("dockerTarget", request.dockerTarget),
    ...optional("gzip", environment.DIB_GZIP_BIN),
    ...optional("aciManifest", environment.ACI_MANIFEST),
  };
}
