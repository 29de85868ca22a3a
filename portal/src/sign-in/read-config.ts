import { isRecord } from '../../../client/json.ts'
import type { PortalConfig, PortalSignIn } from '../../config.ts'

/** @throws {Error} when the portal's host serves no valid /config.json */
export async function readConfig(): Promise<PortalConfig> {
  const response = await fetch('/config.json', { cache: 'no-cache' })
  const config: unknown = await response.json()
  if (!isConfig(config)) throw new Error('/config.json of this host is invalid: it must contain "api"')
  return config
}

function isConfig(value: unknown): value is PortalConfig {
  if (!isRecord(value) || typeof value.api !== 'string') return false
  return value.signIn === undefined || isSignIn(value.signIn)
}

function isSignIn(value: unknown): value is PortalSignIn {
  return isRecord(value) && ['issuer', 'clientId', 'scope'].every((name) => typeof value[name] === 'string')
}
