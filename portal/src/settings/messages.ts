import type { I18nProviderProps } from '@cloudscape-design/components/i18n'
import type { Texts } from '../texts/en.ts'
import type { Language } from './language.ts'

/** The texts of the portal and of its components. */
export interface Messages {
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
