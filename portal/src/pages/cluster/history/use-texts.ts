import { useSettings } from '../../../settings/context.ts'
import { type HistoryTexts, textsOf } from './texts.ts'

export function useHistoryTexts(): HistoryTexts {
  return textsOf[useSettings().language]
}
