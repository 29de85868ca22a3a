import { rm } from 'node:fs/promises'
import type { Server } from 'node:net'
import path from 'node:path'
import { openSocketDirectory } from './socket-directory.ts'
import type { OpenStreams } from './streams.ts'

/** Listens on a Unix socket, whatever an earlier run left there; `close` ends its open streams, too. */
export async function listenOnSocket(
  server: Server,
  file: string,
  open: OpenStreams,
): Promise<{ close(): Promise<void> }> {
  await rm(file, { force: true })
  const directory = openSocketDirectory(path.dirname(file))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(directory.path(path.basename(file)), resolve)
  })
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      open.destroy()
      await closed
      directory.close()
    },
  }
}
