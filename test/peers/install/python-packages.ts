import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { runLogged } from './run-logged.ts'
import { markBuilt, peersFolder, root, type Target } from './target.ts'

const folder = path.join(peersFolder, 'venv')
const requirements = path.join(root, 'test/peers/requirements.txt')
const recipe = { files: [requirements], settings: [] }

/** The path of a program of the Python packages: `python`, `cfn-lint`. They are installed before any test runs. */
export const pythonProgram = (name: string) => path.join(folder, 'bin', name)

/** A separate environment, because the sandbox pins other versions of the same packages. */
export const pythonPackages: Target = {
  name: 'moto, jsonata-python, boto3, the AWS CLI, cfn-lint and Schemathesis',
  folder,
  recipe,
  programs: ['python', 'aws', 'cfn-lint', 'schemathesis'].map((name) => path.join('bin', name)),
  needsGo: false,
  async build(report) {
    // Not in a temporary folder, because the programs contain its path. The stamp, written last, shows that it is complete.
    await rm(folder, { recursive: true, force: true })
    await rm(`${folder}.log`, { force: true })
    await mkdir(peersFolder, { recursive: true })
    const run = { cwd: root, environment: process.env, log: `${folder}.log` }
    report('making a Python environment')
    await runLogged(path.join(root, '.sandbox/venv/bin/python'), ['-m', 'venv', folder], run)
    report('pip install')
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--require-hashes', '-r', requirements]
    await runLogged(pythonProgram('python'), pip, { ...run, onLine: (line) => report(line.trim().slice(0, 60)) })
    markBuilt(folder, recipe)
  },
}
