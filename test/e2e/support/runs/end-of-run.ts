/**
 * Vitest ends a worker without notice after the last test. The main process of the run requests each worker's sandbox to close
 * before it removes the folder with the state.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenOnFreePort } from '../../../../sandbox/network/listen.ts'

const ending = '.close-url'

/** Starts a server by which the main process can close the sandbox of this worker. */
export async function closeAtEndOfRun(directory: string, close: () => Promise<void>): Promise<void> {
  const server = createServer(async ({ method }, response) => {
    // Some tests send a GET to every listening port.
    if (method !== 'POST') return void response.writeHead(405).end()
    await close()
    response.end()
    server.close()
  })
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`
  server.unref()
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, `${process.pid}${ending}`), url)
}

/** Closes the sandboxes of all workers, and removes the folder. */
export async function endOfRun(directory: string): Promise<void> {
  const files = await readdir(directory).catch(() => [])
  const urls = files.filter((file) => file.endsWith(ending)).map((file) => readFile(path.join(directory, file), 'utf8'))
  // A worker that has ended does not answer. Its servers write their state once more before they end, so the removal is repeated.
  await Promise.allSettled((await Promise.all(urls)).map((url) => fetch(url, { method: 'POST' })))
  do {
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    await sleep(500)
  } while (existsSync(directory))
}
