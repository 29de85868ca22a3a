import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { runLogged } from './run-logged.ts'
import { markBuilt, peersFolder, root, type Target } from './target.ts'

/** Programs that are written in Python. */
export interface PythonPackages {
  readonly name: string
  /** Where they end, under .peers/. */
  readonly folder: string
  /** The list with the hash of each package, from the root on. */
  readonly requirements: string
  readonly programs: readonly string[]
}

/** An environment of their own: the sandbox's pins other versions of the same. */
export function pythonPackages({ name, folder: place, requirements: list, programs }: PythonPackages): Target {
  const requirements = path.join(root, list)
  const folder = path.join(peersFolder, place)
  const recipe = { files: [requirements], settings: [] }
  return {
    name,
    folder,
    recipe,
    programs,
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
}
