import path from 'node:path'
import { defineConfig, type Rolldown } from 'vite'
import { requestValidator } from './validator.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [requestValidator()],
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
        // One file for what the first page needs of its start: a file for each set of pages that share something is more gzip.
        codeSplitting: {
          groups: [{ debugName: 'start', name: (id, context) => (isOfStart(id, context) ? 'start' : null) }],
        },
      },
      onwarn: (warning, warn) => {
        // The components mark themselves for servers that render: there is none here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
})

const main = path.join(import.meta.dirname, 'src', 'main.tsx')
let start: ReadonlySet<string> | undefined

/** Whether a module is there from the start: main.tsx imports it, directly or not, and not when a page is opened. */
function isOfStart(id: string, context: Rolldown.ChunkingContext): boolean {
  start ??= importedBy(main, context)
  return start.has(id)
}

function importedBy(entry: string, context: Rolldown.ChunkingContext): Set<string> {
  const found = new Set([entry])
  // A set gives what is added to it meanwhile, too.
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}
