export const languages = { en: 'English', ja: '日本語' } as const

export type Language = keyof typeof languages

const key = 'language'

/** The selected language, or the first of the browser's languages that the portal supports. */
export function chosenLanguage(): Language {
  return languageFrom([localStorage.getItem(key) ?? '', ...navigator.languages])
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(key, language)
}

/** @param tags BCP 47, by descending preference */
export function languageFrom(tags: readonly string[]): Language {
  return tags.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en'
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text)
}
