/**
 * `npm run docs -- transcript`: writes the output of `npm start` into docs/getting-started.md and its Japanese translation, and the
 * proof into README.md. It starts a sandbox without state in a separate folder. The pages show that folder as .sandbox, the
 * folder of an ordinary start. Tests compare the pages with the output.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { fenced, keep, readPage, withPart } from './page.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** GitHub shows this many columns of a code block without scrolling. */
const columns = '118'

const lastLine = 'Serving until Ctrl-C.\n'

/** The proof from its heading to the empty line after it. */
function proofIn(transcript: string): string {
  return /^Proof for.*?(?=\n\n)/ms.exec(transcript)?.[0] ?? ''
}

function keepPart(page: string, name: string, text: string): void {
  keep(page, withPart(readPage(page), name, fenced('', text)), 'npm run docs -- transcript')
}

async function capture(state: string): Promise<string> {
  const child = spawn(process.execPath, ['sandbox/main.ts', '--state', state], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, COLUMNS: columns, NO_COLOR: '1' },
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (printed.includes(lastLine)) child.kill('SIGINT')
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`the start ended with ${status}:\n${printed}`)
  return printed.slice(0, printed.indexOf(lastLine) + lastLine.length)
}

const folder = await mkdtemp(path.join(root, '.sandbox', 'capture-'))
try {
  const printed = await capture(path.join(folder, 'state'))
  const shown = printed.replaceAll(path.relative(root, folder), '.sandbox')
  for (const page of ['docs/getting-started.md', 'docs/ja/getting-started.md'])
    keepPart(page, 'transcript', `$ npm start\n${shown}`)
  keepPart('README.md', 'proof', proofIn(shown))
} finally {
  await rm(folder, { recursive: true, force: true })
}
