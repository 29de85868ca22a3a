/** `node agent/bundle.ts [FILE]`: bundles the agent into one file, by default dist/agent/agent.mjs. */
import path from 'node:path'
import { build } from 'esbuild'
import manifest from '../package.json' with { type: 'json' }

const root = path.dirname(import.meta.dirname)

await build({
  absWorkingDir: root,
  entryPoints: ['agent/main.ts'],
  outfile: path.resolve(process.argv[2] ?? path.join(root, 'dist/agent/agent.mjs')),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // The log names errors by their class.
  keepNames: true,
  define: { esbuildDetection: '1', RELEASE_VERSION: JSON.stringify(manifest.version) },
  // CommonJS packages load Node's modules with require.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  legalComments: 'linked',
  logLevel: 'warning',
})
