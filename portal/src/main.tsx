import './global.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { isWorthAnotherTry } from './api/answer.ts'
import { chosenLanguage } from './settings/language.ts'
import { messagesOf } from './settings/messages.ts'
import { SettingsProvider } from './settings/provider.tsx'
import { chosenTheme, showTheme } from './settings/theme.ts'
import { Shell } from './shell/shell.tsx'

const queries = new QueryClient({
  // The browser's opinion of the network says nothing of an API on this machine.
  defaultOptions: {
    queries: { retry: isWorthAnotherTry, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
})

async function start(): Promise<void> {
  const holder = document.getElementById('app')
  if (holder === null) throw new Error('index.html has no element "app"')
  // Before the first paint, which would flash otherwise.
  showTheme(chosenTheme())
  const language = chosenLanguage()
  const first = { language, messages: await messagesOf[language]() }
  createRoot(holder).render(
    <QueryClientProvider client={queries}>
      <SettingsProvider first={first}>
        <BrowserRouter>
          <Shell />
        </BrowserRouter>
      </SettingsProvider>
    </QueryClientProvider>,
  )
}

void start()
