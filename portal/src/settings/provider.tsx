import { I18nProvider, type I18nProviderProps } from '@cloudscape-design/components/i18n'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { Texts } from '../texts/en.ts'
import { type Settings, SettingsContext } from './context.ts'
import { chosenLanguage, keepLanguage, type Language } from './language.ts'
import { chosenTheme, keepTheme, showTheme, type Theme } from './theme.ts'

interface Shown {
  readonly language: Language
  readonly messages: Messages
}

/** Provides the language and the theme. @param first initial values until the user changes them */
export function SettingsProvider({ first, children }: { readonly first: Shown; readonly children: ReactNode }) {
  const [shown, setShown] = useState(first)
  const [theme, setTheme] = useState<Theme>(chosenTheme)
  const { language, messages } = shown

  useEffect(() => showTheme(theme), [theme])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])

  const settings = useMemo<Settings>(
    () => ({
      language,
      texts: messages.texts,
      theme,
      chooseLanguage: (chosen) => {
        keepLanguage(chosen)
        void messagesOf[chosen]().then((loaded) => {
          // Another language may have been selected in the meantime.
          if (chosenLanguage() === chosen) setShown({ language: chosen, messages: loaded })
        })
      },
      chooseTheme: (chosen) => {
        keepTheme(chosen)
        setTheme(chosen)
      },
    }),
    [language, messages, theme],
  )
  return (
    <SettingsContext value={settings}>
      <I18nProvider locale={language} messages={[messages.ofComponents]}>
        {children}
      </I18nProvider>
    </SettingsContext>
  )
}

/** The texts of the portal and of its components. */
interface Messages {
  readonly texts: Texts
  readonly ofComponents: I18nProviderProps.Messages
}

/** Loads only the selected language. */
export const messagesOf: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => {
    const [{ en }, ofComponents] = await Promise.all([
      import('../texts/en.ts'),
      import('@cloudscape-design/components/i18n/messages/all.en'),
    ])
    return { texts: en, ofComponents: ofComponents.default }
  },
  ja: async () => {
    const [{ ja }, ofComponents] = await Promise.all([
      import('../texts/ja.ts'),
      import('@cloudscape-design/components/i18n/messages/all.ja'),
    ])
    return { texts: ja, ofComponents: ofComponents.default }
  },
}
