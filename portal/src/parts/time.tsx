import { useSettings, useTexts } from '../settings/context.ts'
import { longDuration } from './duration.ts'

/** A time in the user's zone and language. @param at ISO 8601; undefined for an event that has not happened */
export function Time({ at }: { readonly at: string | undefined }) {
  const { language } = useSettings()
  const texts = useTexts()
  if (at === undefined) return texts.never
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  return <time dateTime={at}>{format.format(new Date(at))}</time>
}

/** The duration from the start to the end, or until now. */
export function Took({ from, to }: { readonly from: string; readonly to: string | undefined }) {
  const { language } = useSettings()
  const texts = useTexts()
  const end = to === undefined ? Date.now() : Date.parse(to)
  const seconds = Math.max(0, (end - Date.parse(from)) / 1000)
  return seconds < 60 ? texts.seconds(seconds.toFixed(1)) : longDuration(seconds, language)
}
