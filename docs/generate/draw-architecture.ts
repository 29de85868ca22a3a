/** Draws docs/*.dot (https://graphviz.org/doc/info/lang.html) as docs/*.svg. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { instance } from '@viz-js/viz'
import { keep, readPage } from './page.ts'

const viz = await instance()

for (const name of readdirSync(path.dirname(import.meta.dirname)).filter((file) => file.endsWith('.dot'))) {
  const picture = `docs/${name.replace('.dot', '.svg')}`
  keep(picture, viz.renderString(readPage(`docs/${name}`), { format: 'svg' }), 'npm run docs')
}
