import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'

/** The folders of a checkout that may have a node_modules. */
const installed = ['.', 'cli', 'portal', 'docs/api-types', 'docs/site']

/** Clones a checkout into a new folder. */
export function clone(checkout: string, to: string, commit = 'HEAD'): void {
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', checkout, to])
  const [hash = ''] = execFileSync('git', ['rev-parse', commit], { cwd: checkout, encoding: 'utf8' }).split('\n')
  execFileSync('git', ['checkout', '--quiet', hash], { cwd: to })
}

/**
 * Gives a folder on the same file system the packages of a checkout, as hard links. Builds resolve symbolic links, and behind one
 * an installation in the folder would empty the checkout's own node_modules.
 */
export function linkPackages(checkout: string, to: string): void {
  for (const one of installed.map((folder) => path.join(folder, 'node_modules'))) {
    const parent = path.join(to, path.dirname(one))
    if (!existsSync(path.join(checkout, one)) || !existsSync(parent)) continue
    execFileSync('cp', ['-al', path.join(checkout, one), path.join(to, one)])
  }
  // It names the package-lock.json of the checkout. Without it, sandbox/bootstrap.mjs compares the packages themselves.
  rmSync(path.join(to, 'node_modules/.installed-from'), { force: true })
}
