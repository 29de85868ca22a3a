import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, inject } from 'vitest'
import { type BucketClient, connectToBucket } from '../../../lambdas/clouds/google/bucket-client.ts'
import { startPythonServer } from '../../../sandbox/aws/python-server.ts'
import { project } from '../../../sandbox/google/project.ts'
import { startSupervised } from '../../../sandbox/kubernetes/real/supervised.ts'
import { onFreePort } from '../../../sandbox/network/listen.ts'
import { setEnvironment } from '../environment.ts'
import { temporaryDirectory } from '../temporary.ts'
import { googleAccount, googleSecret } from './google-account.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/**
 * Cloud Storage for the tests of a file: the sandbox's, or the server that `googlePeer` names. Secrets and tokens are always the
 * sandbox's. Call it at the top of the file.
 */
export function storageServer(): { connect(name: string): Promise<BucketClient> } {
  let peer: Peer | undefined
  let restore: (() => void) | undefined
  googleAccount()
  beforeAll(async () => {
    peer = await startPeer()
    // The client library uses this variable as its base URL.
    if (peer) restore = setEnvironment({ STORAGE_EMULATOR_HOST: `${peer.endpoint}/storage/v1` })
  })
  afterAll(async () => {
    restore?.()
    await peer?.close()
  })
  return { connect: (name) => connectToBucket({ name, projectId: project.id, credentialsSecret: googleSecret }) }
}

interface Peer {
  readonly endpoint: string
  close(): Promise<void>
}

async function startPeer(): Promise<Peer | undefined> {
  const peer = inject('googlePeer')
  if (peer === undefined) return undefined
  const directory = await temporaryDirectory()
  const server = await (peer === 'fake-gcs-server'
    ? startFakeGcsServer(directory.path)
    : startStorageEmulator(directory.path))
  return {
    endpoint: server.endpoint,
    async close() {
      await server.close()
      await directory.remove()
    },
  }
}

function startStorageEmulator(directory: string): Promise<Peer> {
  return startPythonServer({
    python: path.join(root, '.peers/venv/bin/python'),
    module: 'storage_emulator',
    environment: (port) => ({
      PYTHONPATH: path.join(root, 'test/peers'),
      PYTHONDONTWRITEBYTECODE: '1',
      PORT: String(port),
      DATA_DIR: path.join(directory, 'storage'),
    }),
    logFile: path.join(directory, 'storage-emulator.log'),
    healthPath: '/',
  })
}

function startFakeGcsServer(directory: string): Promise<Peer> {
  return onFreePort((port) => startFakeGcsServerOn(port, directory))
}

async function startFakeGcsServerOn(port: number, directory: string): Promise<Peer> {
  const endpoint = `http://127.0.0.1:${port}`
  const server = await startSupervised({
    file: path.join(root, '.peers/bin/fake-gcs-server'),
    args: ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'],
    directory,
    logFile: path.join(directory, 'fake-gcs-server.log'),
  })
  while (!(await answers(`${endpoint}/_internal/healthcheck`))) {
    if (!server.isRunning()) throw new Error(`fake-gcs-server has ended:\n${await server.lastLines()}`)
    await sleep(30)
  }
  return { endpoint, close: () => server.stop() }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined)
  await response?.body?.cancel()
  return response?.ok ?? false
}
