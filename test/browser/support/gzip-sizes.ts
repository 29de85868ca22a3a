import { gzipSync } from 'node:zlib'
import type { Response } from 'playwright-core'

/** The address and the gzip bytes of each loaded file, without fonts and data. A file that was loaded twice occurs twice. */
export function gzipSizes(responses: readonly Response[]): Promise<(readonly [string, number])[]> {
  const files = responses.filter((response) => !/\/v1\/|\.woff2$/.test(response.url()))
  return Promise.all(files.map(async (file) => [file.url(), gzipSync(await file.body()).length] as const))
}
