import { createContext } from 'react'
import type { Session } from './session.ts'

/** The signed-in user's session. Undefined without sign-in. */
export const SessionContext = createContext<Session | undefined>(undefined)
