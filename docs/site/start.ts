/** What a start page shows above the text of its page. */

interface Hero {
  readonly tagline: string
  readonly actions: readonly { readonly text: string; readonly link: string; readonly variant?: 'minimal' }[]
}

/** By the page's path from the repository's root. */
export const heroes: Readonly<Record<string, Hero>> = {
  'README.md': {
    tagline:
      'AWS IAM roles for workloads on any Kubernetes cluster, without keys. One request, and a proof at its end.',
    actions: [
      { text: 'Getting started', link: '/getting-started/' },
      { text: 'All pages', link: '/contents/', variant: 'minimal' },
    ],
  },
}
