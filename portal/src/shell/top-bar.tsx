import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useContext, useEffect } from 'react'
import { useNavigate } from 'react-router'
import { accessQuery, type RoleName } from '../api/access.ts'
import { shortNameOf } from '../api/caller.ts'
import { chooseLocalUser, localUserKey, localUsersQuery } from '../api/local-users.ts'
import icon from '../icon.svg'
import { useFollow } from '../parts/follow.tsx'
import { useSettings, useTexts } from '../settings/context.ts'
import { isLanguage, languages } from '../settings/language.ts'
import { SessionContext } from '../sign-in/context.ts'
import type { Texts } from '../texts/en.ts'

/** The product's name, the language, the theme and the user. */
export function TopBar() {
  const texts = useTexts()
  const navigate = useNavigate()
  const { language, theme, chooseLanguage, chooseTheme } = useSettings()
  const user = useUserMenu()
  return (
    <TopNavigation
      identity={{
        href: '/workloads',
        title: texts.product,
        logo: { src: icon, alt: texts.logo },
        onFollow: (event) => {
          event.preventDefault()
          void navigate('/workloads')
        },
      }}
      i18nStrings={{
        overflowMenuTriggerText: texts.menu,
        overflowMenuTitleText: texts.menu,
        overflowMenuBackIconAriaLabel: texts.back,
        overflowMenuDismissIconAriaLabel: texts.close,
      }}
      utilities={[
        {
          type: 'menu-dropdown',
          text: languages[language],
          ariaLabel: `${texts.language}: ${languages[language]}`,
          items: Object.entries(languages).map(([id, text]) => ({ id, text, lang: id })),
          onItemClick: ({ detail }) => {
            if (isLanguage(detail.id)) chooseLanguage(detail.id)
          },
        },
        {
          type: 'button',
          text: theme === 'dark' ? texts.light : texts.dark,
          onClick: () => chooseTheme(theme === 'dark' ? 'light' : 'dark'),
        },
        user,
      ]}
    />
  )
}

const signOut = 'sign-out'

/** The menu of the user, whose name the API reports. In a sandbox, it also lists the local users. */
function useUserMenu(): TopNavigationProps.MenuDropdownUtility {
  const texts = useTexts()
  const follow = useFollow()
  const queries = useQueryClient()
  const { data: access } = useQuery(accessQuery({}))
  const session = useContext(SessionContext)
  const { data: users = [] } = useQuery({ ...localUsersQuery, enabled: session === undefined })
  useEffect(() => followOtherTabs(queries), [queries])
  const name = access === undefined ? texts.access.nobody : shortNameOf(access.caller.name)
  const roles = access?.caller.grants.map(({ role }) => role) ?? []
  return {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    text: name,
    title: access?.caller.name ?? name,
    description: rolesIn(texts, roles),
    ariaLabel: `${texts.access.you}: ${name}`,
    items: [
      { id: 'access', text: texts.access.title, href: '/access' },
      ...(users.length === 0 ? [] : [localUsersGroup(texts, users, name)]),
      ...(session ? [{ id: signOut, text: texts.signIn.signOut }] : []),
    ],
    onItemFollow: follow,
    onItemClick: ({ detail: { id } }) => {
      if (id === signOut) session?.signOut()
      if (!users.includes(id)) return
      chooseLocalUser(id)
      // Data of the previous user must not be visible to the next one.
      void queries.resetQueries()
    },
  }
}

/** Resets all data when another tab selects another user, because this applies to all tabs. Returns the clean-up. */
function followOtherTabs(queries: QueryClient): () => void {
  const listener = ({ key }: StorageEvent) => {
    if (key === localUserKey) void queries.resetQueries()
  }
  window.addEventListener('storage', listener)
  return () => window.removeEventListener('storage', listener)
}

function localUsersGroup(texts: Texts, users: readonly string[], current: string) {
  return {
    text: texts.access.localUsers,
    items: users.map((id) => ({ id, text: id === current ? texts.access.isYou(id) : id })),
  }
}

function rolesIn({ access }: Texts, roles: readonly RoleName[]): string {
  return [...new Set(roles)].map((role) => access.roles[role]).join(', ')
}
