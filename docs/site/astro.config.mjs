import { readFileSync } from 'node:fs'
import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import starlightOpenAPI, { openAPISidebarGroups } from 'starlight-openapi'
import { sidebarOf } from './sidebar.ts'

const contents = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

export default defineConfig({
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4321) },
  integrations: [
    starlight({
      title: { en: 'Workload identity', ja: 'ワークロード ID' },
      locales: { root: { label: 'English', lang: 'en' }, ja: { label: '日本語', lang: 'ja' } },
      sidebar: [...sidebarOf(contents), ...openAPISidebarGroups],
      customCss: ['./src/styles/site.css'],
      head: [{ tag: 'script', attrs: { src: '/accessible.js', defer: true } }],
      plugins: [
        starlightOpenAPI([
          {
            base: 'reference',
            schema: './src/content/openapi.json',
            sidebar: { label: 'API reference', operations: { badges: true } },
          },
        ]),
      ],
    }),
  ],
})
