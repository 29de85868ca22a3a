import { useSettings } from '../../../settings/context.ts'
import type { Language } from '../../../settings/language.ts'
import { en, type SetupTexts } from './en.ts'
import { ja } from './ja.ts'

const textsOf: Readonly<Record<Language, SetupTexts>> = { en, ja }

export function useSetupTexts(): SetupTexts {
  return textsOf[useSettings().language]
}
