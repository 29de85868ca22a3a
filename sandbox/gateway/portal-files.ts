import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { PortalConfig } from '../../portal/config.ts'
import { connectionsOf, portalHeaders } from '../../portal/headers.ts'

interface PortalFile {
  readonly type: string
  readonly content: Buffer
  readonly cache: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** The files of the portal as they were when the sandbox started. */
export class PortalFiles {
  /** By their path: `/assets/index-DvC1zsJY.js`. */
  readonly #files: ReadonlyMap<string, PortalFile>
  readonly #headers: ReturnType<typeof portalHeaders>

  private constructor(files: ReadonlyMap<string, PortalFile>, config: PortalConfig) {
    this.#files = files
    this.#headers = portalHeaders(connectionsOf(config))
  }

  /**
   * @param folder the files that portal/build.ts has built; ignores files of unknown types
   * @param config the content of /config.json
   */
  static async read(folder: string, config: PortalConfig): Promise<PortalFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isFile() && types[path.extname(entry.name)] !== undefined)
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    const files = new Map(await Promise.all(names.map((name) => fileOf(folder, name))))
    files.set('/config.json', {
      type: 'application/json',
      content: Buffer.from(JSON.stringify(config)),
      cache: 'no-cache',
    })
    return new PortalFiles(files, config)
  }

  /**
   * Answers with the page, or with a file that the page loads. Returns whether it has answered. On AWS,
   * infra/portal/portal-pages.ts has the same rules for paths.
   */
  answer({ method }: Pick<IncomingMessage, 'method'>, pathname: string, outgoing: ServerResponse): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false
    const isLoaded = pathname.startsWith('/assets/') || pathname === '/config.json'
    const file = this.#files.get(isLoaded ? pathname : '/index.html')
    if (file === undefined) return false
    outgoing.writeHead(200, {
      ...this.#headers,
      'content-type': file.type,
      'content-length': file.content.length,
      'cache-control': file.cache,
    })
    outgoing.end(method === 'HEAD' ? undefined : file.content)
    return true
  }
}

async function fileOf(folder: string, name: string): Promise<[string, PortalFile]> {
  const pathname = `/${name.split(path.sep).join('/')}`
  const file = {
    type: types[path.extname(name)] ?? 'application/octet-stream',
    content: await readFile(path.join(folder, name)),
    // The name of an asset contains a hash of its content.
    cache: pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  return [pathname, file]
}
