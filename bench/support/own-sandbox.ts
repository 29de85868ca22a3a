import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'

const python = path.resolve(import.meta.dirname, '../../.sandbox/venv/bin/python')

/** Runs `work` in a new sandbox, and returns its result. Nothing of the sandbox remains. */
export async function inSandbox<Result>(
  work: (sandbox: Sandbox) => Promise<Result>,
  options: Pick<SandboxOptions, 'portal' | 'functionProcesses'> = {},
): Promise<Result> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'workload-identity-bench-'))
  const sandbox = await startSandbox({ directory, python, port: 0, waitScale: 0.05, report: () => {}, ...options })
  try {
    return await work(sandbox)
  } finally {
    await sandbox.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
