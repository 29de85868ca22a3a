import path from 'node:path'
import { defineConfig, type Rolldown } from 'vite'
import manifest from '../package.json' with { type: 'json' }
import { requestValidator } from './validator.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [requestValidator()],
  define: { RELEASE_VERSION: JSON.stringify(manifest.version) },
  resolve: {
    alias: {
      // The messages of the components are parsed already: https://formatjs.github.io/docs/guides/performance
      '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/lib/no-parser.js',
    },
  },
  build: {
    // Everything is a file of its own: the policy of the page is 'self' alone, which takes no data: URL.
    assetsInlineLimit: 0,
    // Every browser that the portal is for knows modulepreload.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // test/browser holds what the first page loads against its budget.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      output: {
        // A file for each set of pages that share something is more gzip.
        codeSplitting: { groups: [{ debugName: 'first', name: firstFileOf }] },
      },
      onwarn: (warning, warn) => {
        // The components mark themselves for servers that render: there is none here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
})

/** Each with what it imports, directly or not, and not when a page is opened: the start of all pages, and the first page. */
const firstFiles = { start: 'main.tsx', workloads: path.join('pages', 'workloads', 'workloads.tsx') }
const modules = new Map<string, ReadonlySet<string>>()

/** The file of a module that the first load has; null for others. */
function firstFileOf(id: string, context: Rolldown.ChunkingContext): string | null {
  for (const [name, entry] of Object.entries(firstFiles)) {
    const found = modules.get(name) ?? importedBy(path.join(import.meta.dirname, 'src', entry), context)
    modules.set(name, found)
    if (found.has(id)) return name
  }
  return null
}

function importedBy(entry: string, context: Rolldown.ChunkingContext): Set<string> {
  const found = new Set([entry])
  // A set gives what is added to it meanwhile, too.
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}
