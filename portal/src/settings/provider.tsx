import { I18nProvider } from '@cloudscape-design/components/i18n'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { TextsContext } from '../texts/context.ts'
import { type Settings, SettingsContext } from './context.ts'
import { chosenLanguage, keepLanguage, type Language } from './language.ts'
import { type Messages, messagesOf } from './messages.ts'
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
      theme,
      chooseLanguage: (chosen) => {
        keepLanguage(chosen)
        void messagesOf[chosen]().then((loaded) => {
          // Another one may have been selected in the meantime.
          if (chosenLanguage() === chosen) setShown({ language: chosen, messages: loaded })
        })
      },
      chooseTheme: (chosen) => {
        keepTheme(chosen)
        setTheme(chosen)
      },
    }),
    [language, theme],
  )
  return (
    <SettingsContext value={settings}>
      <TextsContext value={messages.texts}>
        <I18nProvider locale={language} messages={[messages.ofComponents]}>
          {children}
        </I18nProvider>
      </TextsContext>
    </SettingsContext>
  )
}
