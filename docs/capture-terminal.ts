/**
 * Puts into README.md what `npm start` prints on a machine that has no state of the sandbox yet: `npm run capture`. Times
 * and ports differ each time, so that nothing checks it: run it when the output has changed. The folder of this one run is
 * shown as .sandbox, which an ordinary start uses.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { fenced, readReadme, withPart, writeReadme } from './readme.ts'

const root = path.dirname(import.meta.dirname)

/** What GitHub shows of a code block without scrolling. */
const columns = '118'

async function capture(state: string): Promise<string> {
  const child = spawn(process.execPath, ['sandbox/main.ts', '--state', state], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, COLUMNS: columns, NO_COLOR: '1' },
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (printed.includes('Serving until Ctrl-C.')) child.kill('SIGINT')
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`the start ended with ${status}:\n${printed}`)
  return printed
}

const folder = await mkdtemp(path.join(root, '.sandbox', 'capture-'))
try {
  const printed = await capture(path.join(folder, 'state'))
  const shown = printed.replaceAll(path.relative(root, folder), '.sandbox')
  writeReadme(withPart(readReadme(), 'capture', fenced('', `$ npm start\n${shown}`)))
} finally {
  await rm(folder, { recursive: true, force: true })
}
