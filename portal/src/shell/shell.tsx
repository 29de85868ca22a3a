import './shell.css'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import { useState } from 'react'
import { useLocation } from 'react-router'
import { version } from '../../../client/version.ts'
import { useFollow } from '../parts/follow.tsx'
import { useTexts } from '../settings/context.ts'
import { crumbsOf } from './crumbs.ts'
import { Pages } from './pages.tsx'
import { TopBar } from './top-bar.tsx'

/** From this width, a table fits beside the navigation. On narrower screens, the navigation overlays the page. */
const wide = '(min-width: 75rem)'

/** The frame of every page. Cloudscape's own layout has unused parts of 60 KB (gzip). */
export function Shell() {
  const texts = useTexts()
  const { pathname } = useLocation()
  const [isOpen, setOpen] = useState(() => matchMedia(wide).matches)
  const follow = useFollow()
  return (
    <div className="shell">
      <a className="shell-skip" href="#page">
        {texts.skip}
      </a>
      <div className="shell-top">
        <TopBar />
      </div>
      <div className="shell-toolbar">
        <Button
          variant="icon"
          iconName="menu"
          ariaLabel={isOpen ? texts.closeNavigation : texts.openNavigation}
          ariaExpanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <BreadcrumbGroup
          ariaLabel={texts.path}
          expandAriaLabel={texts.more}
          items={crumbsOf(pathname, texts)}
          onFollow={follow}
        />
      </div>
      {isOpen && (
        <nav className="shell-navigation" aria-label={texts.navigation}>
          <SideNavigation
            activeHref={`/${pathname.split('/')[1]}`}
            onFollow={(event) => {
              follow(event)
              if (!matchMedia(wide).matches) setOpen(false)
            }}
            items={[
              { type: 'link', text: texts.myWorkloads, href: '/workloads' },
              { type: 'link', text: texts.clusters, href: '/clusters' },
              { type: 'link', text: texts.operations, href: '/operations' },
              { type: 'link', text: texts.newSetup, href: '/new-setup' },
            ]}
          />
        </nav>
      )}
      <main id="page" className="shell-page" tabIndex={-1}>
        <Pages />
      </main>
      <footer className="shell-foot">workload-identity {version}</footer>
    </div>
  )
}
