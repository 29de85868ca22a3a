/** What a start page shows above its text. */

interface Hero {
  readonly tagline: string
  readonly actions: readonly { readonly text: string; readonly link: string; readonly variant?: 'minimal' }[]
}

/** The heroes of the start pages, by path relative to the repository root. */
export const heroes: Readonly<Record<string, Hero>> = {
  'README.md': {
    tagline:
      'AWS IAM roles for workloads on any Kubernetes cluster, without keys. One request, and a proof at its end.',
    actions: [
      { text: 'Getting started', link: '/getting-started/' },
      { text: 'Alternatives', link: '/concepts/#alternatives', variant: 'minimal' },
    ],
  },
  'docs/ja/README.md': {
    tagline:
      '鍵を使わずに、あらゆる Kubernetes クラスタのワークロードに AWS IAM ロールを。1 つのリクエストで、結果の証明まで。',
    actions: [
      { text: 'はじめに', link: '/ja/getting-started/' },
      { text: '手作業の手順との対応表', link: '#手作業の手順との対応表', variant: 'minimal' },
    ],
  },
}
