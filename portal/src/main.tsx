import './global.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { connect } from './api/client.ts'
import { isWorthAnotherTry } from './api/retries.ts'
import { chosenLanguage } from './settings/language.ts'
import { messagesOf, SettingsProvider } from './settings/provider.tsx'
import { chosenTheme, showTheme } from './settings/theme.ts'
import { Shell } from './shell/shell.tsx'
import { SessionContext } from './sign-in/context.ts'
import { readConfig } from './sign-in/read-config.ts'
import type { Closed } from './sign-in/signed-out.tsx'

const SignedOut = lazy(() => import('./sign-in/signed-out.tsx'))
const Ended = lazy(() => import('./sign-in/ended.tsx'))

const queries = new QueryClient({
  // Requests are sent even when the browser reports that it is offline: the API of a sandbox is on the same machine.
  defaultOptions: {
    queries: { retry: isWorthAnotherTry, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
})

const portal = (
  <BrowserRouter>
    <Shell />
  </BrowserRouter>
)

async function start(): Promise<void> {
  const holder = document.getElementById('app')
  if (holder === null) throw new Error('index.html has no element "app"')
  // Set before the first paint, so that the page does not flash in the other theme.
  showTheme(chosenTheme())
  const language = chosenLanguage()
  const [messages, page] = await Promise.all([messagesOf[language](), entered().catch(refused)])
  const first = { language, messages }
  createRoot(holder).render(
    <QueryClientProvider client={queries}>
      <SettingsProvider first={first}>
        <Suspense>{page}</Suspense>
      </SettingsProvider>
    </QueryClientProvider>,
  )
}

/** The first page: the portal, after a sign-in if the deployment requires one. */
async function entered(): Promise<ReactNode> {
  const { api: base, signIn } = await readConfig()
  if (signIn === undefined) {
    connect({ base, send: (request) => fetch(request) })
    return portal
  }
  const { enter } = await import('./sign-in/enter.ts')
  const entry = await enter(signIn)
  if (typeof entry === 'string') return <SignedOut closed={entry} />
  connect({ base, send: entry.send })
  return (
    <SessionContext value={entry}>
      {portal}
      <Ended session={entry} />
    </SessionContext>
  )
}

function refused(error: unknown): ReactNode {
  const closed: Closed = { reason: error instanceof Error ? error.message : String(error) }
  return <SignedOut closed={closed} />
}

void start()
