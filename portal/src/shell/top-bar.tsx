import TopNavigation from '@cloudscape-design/components/top-navigation'
import { useNavigate } from 'react-router'
import icon from '../icon.svg'
import { useSettings } from '../settings/context.ts'
import { isLanguage, languages } from '../settings/language.ts'
import { useTexts } from '../texts/context.ts'
import { useUserMenu } from './user-menu.ts'

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
