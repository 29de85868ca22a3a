import { createContext, useContext } from 'react'
import type { Texts } from './en.ts'

export const TextsContext = createContext<Texts | undefined>(undefined)

/** @throws {Error} outside the context's provider */
export function useTexts(): Texts {
  const texts = useContext(TextsContext)
  if (texts === undefined) throw new Error('There are no texts here: use this below TextsContext.')
  return texts
}
