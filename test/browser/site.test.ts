import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { axeFindings, browserForTests } from './support/visit.ts'

const root = path.resolve(import.meta.dirname, '../..')
/** No server has this address: the test serves the files to the browser. */
const address = 'http://site.example'

const visit = browserForTests()

beforeAll(async () => {
  // Vitest sets these variables. With them, Vite builds the site without its search.
  const { DEV, PROD, MODE, ...env } = process.env
  await promisify(execFile)('npm', ['run', 'docs', '--', 'site', '--build'], { cwd: root, env })
}, 300_000)

function fileAt(url: string): string {
  const { pathname } = new URL(url)
  return path.join(root, 'docs/site/dist', pathname.endsWith('/') ? `${pathname}index.html` : pathname)
}

describe.each(['light', 'dark'] as const)('the documentation as a site, %s', (colorScheme) => {
  it.each(['/', '/cli/', '/reference/operations/list-operations/', '/ja/getting-started/'])(
    'has no findings of axe on %s',
    async (page) => {
      const visited = await visit({ colorScheme })
      await visited.page.route(`${address}/**`, (route) => route.fulfill({ path: fileAt(route.request().url()) }))
      await visited.page.goto(address + page)
      expect(await axeFindings(visited.page)).toEqual([])
      expect(visited.faults).toEqual([])
    },
  )
})
