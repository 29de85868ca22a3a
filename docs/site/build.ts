/** Builds docs/site/dist from the repository's pages, and checks its links and resources. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { runAstro } from './astro.ts'
import { faultsOf, type Site } from './faults.ts'
import { writeContent } from './write-content.ts'

const dist = path.join(import.meta.dirname, 'dist')

/** @throws {Error} when the build fails, or the site has faults */
export function buildSite(): void {
  writeContent()
  runAstro('build')
  const site = builtSite()
  const faults = faultsOf(site)
  if (faults.length > 0) throw new Error(`The site has faults:\n${faults.join('\n')}`)
  console.log(`docs/site/dist has ${site.size} files. Every link leads somewhere, and nothing is loaded from outside.`)
}

function builtSite(): Site {
  const files = globSync('**', { cwd: dist, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name)
      const text = /\.(html|css)$/.test(name) ? readFileSync(file, 'utf8') : ''
      return [`/${path.relative(dist, file)}`, text]
    }),
  )
}
