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
      // The components' messages need no parser: https://formatjs.github.io/docs/guides/performance
      '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/lib/no-parser.js',
    },
  },
  build: {
    // Assets are not inlined, because the page's Content-Security-Policy allows no data: URL.
    assetsInlineLimit: 0,
    // Every browser that the portal supports has modulepreload.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // A test in test/browser limits the size of the first page instead.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      output: {
        // Without this group, each set of pages with common modules would get its own file. With gzip,
        // many files are larger than a few.
        codeSplitting: { groups: [{ debugName: 'first', name: firstFileOf }] },
      },
      onwarn: (warning, warn) => {
        // The components have "use client" directives, which only matter for rendering on a server.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
})

/** The entries of the first load. Each file contains the static imports of its entry, direct and indirect. */
const firstFiles = { start: 'main.tsx', workloads: path.join('pages', 'workloads', 'workloads.tsx') }
const modules = new Map<string, ReadonlySet<string>>()

/** Returns the file of a module of the first load, or null for any other module. */
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
  // The loop also visits elements that are added to the set during the loop.
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}
