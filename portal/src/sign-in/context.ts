import { createContext } from 'react'
import type { Session } from './session.ts'

/** Whoever has signed in; undefined where nobody does. */
export const SessionContext = createContext<Session | undefined>(undefined)
