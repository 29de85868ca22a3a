import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: {
    // Everything is a file of its own: the policy of the page is 'self' alone, which takes no data: URL.
    assetsInlineLimit: 0,
    // Every browser that the portal is for knows modulepreload.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // test/browser holds what the first page loads against its budget.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onwarn: (warning, warn) => {
        // The components mark themselves for servers that render: there is none here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
})
