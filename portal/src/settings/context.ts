import { createContext, useContext } from 'react'
import type { Texts } from '../texts/en.ts'
import type { Language } from './language.ts'
import type { Theme } from './theme.ts'

/** The user's settings, and functions to change them. */
export interface Settings {
  readonly language: Language
  /** The texts in this language. */
  readonly texts: Texts
  readonly theme: Theme
  chooseLanguage(language: Language): void
  chooseTheme(theme: Theme): void
}

export const SettingsContext = createContext<Settings | undefined>(undefined)

/** @throws {Error} outside the context's provider */
export function useSettings(): Settings {
  const settings = useContext(SettingsContext)
  if (settings === undefined) throw new Error('useSettings needs a SettingsProvider above the component.')
  return settings
}

export function useTexts(): Texts {
  return useSettings().texts
}
