import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { account } from '../../../../sandbox/account.ts'
import { startPythonServer } from '../../../../sandbox/aws/python-server.ts'
import { type Aws, rootUserEnvironment, startAws } from '../../../../sandbox/aws/server.ts'
import { python } from '../../../support/python.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

/** Unpatched and patched MiniStack: a test shows the defect in one, and that the patch fixes it in the other. */
export interface Both {
  readonly plain: { readonly endpoint: string }
  readonly patched: Aws
  close(): Promise<void>
}

/** Runs both servers during the tests of the file. */
export function bothForTests(): Pick<Both, 'plain' | 'patched'> {
  let both: Both
  beforeAll(async () => {
    both = await startBoth()
  })
  afterAll(() => both.close())
  return {
    get plain() {
      return both.plain
    },
    get patched() {
      return both.patched
    },
  }
}

export async function startBoth(): Promise<Both> {
  const directory = await temporaryDirectory()
  const [plain, patched] = await Promise.all([
    startPlain(join(directory.path, 'plain')),
    startAws({ python, directory: join(directory.path, 'patched'), environment: {}, auth: true }),
  ])
  return {
    plain,
    patched,
    async close() {
      await Promise.all([plain.close(), patched.close()])
      await directory.remove()
    },
  }
}

async function startPlain(directory: string) {
  await mkdir(directory, { recursive: true })
  return startPythonServer({
    python,
    // Unchanged, except that it ends with its standard input, as the servers of the sandbox do.
    module: 'plain_ministack',
    environment: (port) => ({
      PATH: process.env.PATH ?? '',
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: directory,
      TMPDIR: directory,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      ...rootUserEnvironment(`http://127.0.0.1:${port}`, account.region),
      IOT_MTLS_ENABLED: '0',
      LAMBDA_EXECUTOR: 'local',
      S3_DATA_DIR: join(directory, 's3'),
      STATE_DIR: join(directory, 'state'),
    }),
    logFile: join(directory, 'ministack.log'),
    healthPath: '/_ministack/health',
  })
}
