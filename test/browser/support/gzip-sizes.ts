import { gzipSync } from 'node:zlib'
import type { Response } from 'playwright-core'

/** The address and the bytes of gzip of each file that a page has loaded, as often as it has. Fonts and data do not count. */
export function gzipSizes(responses: readonly Response[]): Promise<(readonly [string, number])[]> {
  const files = responses.filter((response) => !/\/v1\/|\.woff2$/.test(response.url()))
  return Promise.all(files.map(async (file) => [file.url(), gzipSync(await file.body()).length] as const))
}
