import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { packWid } from '../../tools/release/wid-package.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Part, table, times } from '../support/measure.ts'

const repeats = 15

/** The duration of the installed `wid --help`, compared with an empty script of Node. */
export function command(): Promise<Part> {
  return inTemporaryFolder(async (folder) => {
    const main = await installed(folder)
    const [empty, help]: [number[], number[]] = [[], []]
    // The two commands alternate, because the load of the machine may change over time.
    for (let repeat = 0; repeat < repeats; repeat++) {
      empty.push(millisecondsOf(['--eval', '0']))
      help.push(millisecondsOf([main, '--help']))
    }
    const rows = [
      ['a script that does nothing', times(empty)],
      ['`wid --help`', times(help)],
    ]
    return {
      title: 'The command',
      text: `${table(['what', 'ms'], rows)}\n\nEach time: median (fastest) of ${repeats}.`,
    }
  })
}

/** Returns the file that the command starts. */
async function installed(folder: string): Promise<string> {
  const file = await packWid(folder)
  execFileSync('npm', ['install', '--global', '--offline', '--prefix', folder, file], {
    stdio: 'ignore',
  })
  return path.join(folder, 'lib/node_modules/workload-identity/wid.mjs')
}

function millisecondsOf(args: readonly string[]): number {
  const since = performance.now()
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  return performance.now() - since
}
