import path from 'node:path'
import { account } from '../../sandbox/account.ts'
import { startPythonServer } from '../../sandbox/aws/python-server.ts'
import type { CallLog } from '../../sandbox/call-log.ts'
import type { Fault } from '../../sandbox/faults.ts'
import { pythonProgram } from './install/python-packages.ts'
import { startMotoFront } from './moto-server-front.ts'

/** An AWS that is independent of the sandbox: moto's model of IAM, STS, DynamoDB and Secrets Manager. */
export interface MotoServer {
  readonly endpoint: string
  readonly calls: CallLog
  readonly faults: { add(fault: Fault): Promise<void>; clear(): Promise<void> }
  close(): Promise<void>
}

/**
 * Starts moto's server with the sandbox's account and AWS managed policies, behind a proxy with a call log and faults.
 *
 * @throws Error with the end of the log when the server does not start
 */
export async function startMotoServer(directory: string): Promise<MotoServer> {
  const server = await startPythonServer({
    python: pythonProgram('python'),
    module: 'moto_peer',
    environment: (port) => ({
      PATH: process.env.PATH ?? '',
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: directory,
      TMPDIR: directory,
      PORT: String(port),
      MOTO_ACCOUNT_ID: account.id,
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    }),
    logFile: path.join(directory, 'moto.log'),
    healthPath: '/moto-api/',
  })
  const front = await startMotoFront(server.endpoint)
  return {
    endpoint: front.endpoint,
    calls: front.calls,
    faults: front.faults,
    async close() {
      await front.close()
      await server.close()
    },
  }
}
