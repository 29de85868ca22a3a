export type Theme = 'light' | 'dark'

const key = 'theme'

/** The theme that was chosen here, or the one of the reader's system. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key)
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function keepTheme(theme: Theme): void {
  localStorage.setItem(key, theme)
}

/** The class is Cloudscape's: https://cloudscape.design/foundation/visual-foundation/visual-modes/ */
export function showTheme(theme: Theme): void {
  document.body.classList.toggle('awsui-dark-mode', theme === 'dark')
}
