import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { runLogged } from './run-logged.ts'
import { markBuilt, peersFolder, root, type Target } from './target.ts'

const requirements = path.join(root, 'test/peers/requirements.txt')
const folder = path.join(peersFolder, 'venv')
const recipe = { files: [requirements], settings: [] }

/** The peers that are written in Python, in an environment of their own: the sandbox's pins other versions of the same. */
export const pythonPackages: Target = {
  name: 'moto, jsonata-python, boto3 and the AWS CLI',
  folder,
  recipe,
  programs: ['bin/python', 'bin/aws'],
  needsGo: false,
  async build(report) {
    // In its place, since its programs name it. The stamp, which comes last, tells whether it is whole.
    await rm(folder, { recursive: true, force: true })
    await rm(`${folder}.log`, { force: true })
    await mkdir(peersFolder, { recursive: true })
    const run = { cwd: root, environment: process.env, log: `${folder}.log` }
    report('making a Python environment')
    await runLogged(path.join(root, '.sandbox/venv/bin/python'), ['-m', 'venv', folder], run)
    report('pip install')
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--require-hashes', '-r', requirements]
    await runLogged(path.join(folder, 'bin/python'), pip, {
      ...run,
      onLine: (line) => report(line.trim().slice(0, 60)),
    })
    markBuilt(folder, recipe)
  },
}
