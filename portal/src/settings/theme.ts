export type Theme = 'light' | 'dark'

const key = 'theme'

/** The selected theme, or the system's. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key)
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function keepTheme(theme: Theme): void {
  localStorage.setItem(key, theme)
}

/** Cloudscape's class: https://cloudscape.design/foundation/visual-foundation/visual-modes/ */
export function showTheme(theme: Theme): void {
  document.body.classList.toggle('awsui-dark-mode', theme === 'dark')
}
