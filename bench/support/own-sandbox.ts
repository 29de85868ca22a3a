import path from 'node:path'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'

const python = path.resolve(import.meta.dirname, '../../.sandbox/venv/bin/python')

/** Runs `work` in a new sandbox, removes the sandbox, and returns the result of `work`. */
export function inSandbox<Result>(
  work: (sandbox: Sandbox) => Promise<Result>,
  options: Pick<SandboxOptions, 'portal' | 'functionProcesses'> = {},
): Promise<Result> {
  return inTemporaryFolder(async (directory) => {
    const sandbox = await startSandbox({ directory, python, port: 0, waitScale: 0.05, report: () => {}, ...options })
    try {
      return await work(sandbox)
    } finally {
      await sandbox.close()
    }
  })
}
