import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Locked, readLock } from './lock.ts'
import { root } from './project.ts'

/**
 * The licences of all packages whose code is in the bundles, the portal or the command, with their texts.
 *
 * @throws {Error} when a package is not installed
 */
export function licences(): string {
  const packages = [...readLock(root)].filter(
    ([folder, { dev, link }]) => folder.includes('node_modules/') && !dev && !link,
  )
  return packages.flatMap(([folder, locked]) => section(folder, locked)).join('\n')
}

function section(folder: string, { version, license, optional }: Locked): string[] {
  const installed = path.join(root, folder)
  if (!existsSync(installed)) {
    // npm leaves out optional packages for other platforms.
    if (optional) return []
    throw new Error(`${folder} is not installed: run npm ci`)
  }
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const texts = readdirSync(installed)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(path.join(installed, file), 'utf8').trim())
  return [`${'='.repeat(80)}\n${name} ${version}\nLicence: ${license ?? 'see the text'}\n\n${texts.join('\n\n')}\n`]
}
