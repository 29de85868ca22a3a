/** Reads the settings file of a deployment. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { App } from 'aws-cdk-lib'
import { parse, YAMLParseError } from 'yaml'
import * as z from 'zod'
import { WrongSettings } from './setting-mistakes.ts'
import { checkedSettings, type DeploymentSettings } from './settings.ts'

/** The default file of a deployment. */
const usualFile = 'settings.yaml'

const root = path.resolve(import.meta.dirname, '../..')

/** The settings file, and the region of the deployment. */
export interface SettingsPlace {
  /** Path relative to the repository root. When omitted, the default file. */
  readonly file?: string | undefined
  /** Region of the stack, if known. */
  readonly region: string | undefined
}

/**
 * The settings of a deployment.
 *
 * @throws {WrongSettings} when the file does not exist or is not YAML, or a setting is missing or wrong. The message
 *   has a line for each mistake
 */
export function readSettings({ file = usualFile, region }: SettingsPlace): DeploymentSettings {
  return checkedSettings(settingsIn(file), { file, region })
}

/**
 * The unchecked contents of a settings file. All names of settings are strings, also account IDs.
 *
 * @param file path relative to the repository root
 * @throws {WrongSettings} when the file does not exist, or has no settings in YAML
 */
export function settingsIn(file: string = usualFile): Record<string, unknown> {
  const { data, success } = z.record(z.string(), z.unknown()).safeParse(parsed(file, textOf(file)))
  if (success) return data
  throw new WrongSettings(`${file} has no settings: write them as in ${usualFile}, a name and a value on each line`)
}

/**
 * The settings in the file that the app's context names, or in the default file. The CDK command line sets the region:
 * https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
 *
 * Wrong settings end the process with the message, without Node's stack trace.
 */
export function settingsOf(app: App): DeploymentSettings {
  try {
    return readSettings({ file: namedFile(app.node.tryGetContext('settings')), region: process.env.CDK_DEFAULT_REGION })
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error
    process.stderr.write(`${error.message}\n`)
    // CDK synthesizes the app when the process has nothing left to do. Without this exit, the app would have no stack.
    process.exit(1)
  }
}

/** The value of CDK's context `settings`, such as `staging.yaml` in `cdk deploy -c settings=staging.yaml`. */
export function namedFile(context: unknown): string | undefined {
  if (context === undefined || typeof context === 'string') return context
  throw new WrongSettings('The context "settings" is not a text: name one file, as in `-c settings=staging.yaml`')
}

function textOf(file: string): string {
  try {
    return readFileSync(path.resolve(root, file), 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WrongSettings(`The settings cannot be read: create ${file}, or name another file (${reason})`, {
      cause: error,
    })
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text, { stringKeys: true })
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new WrongSettings(`Correct the YAML of ${file}: ${error.message}`, { cause: error })
  }
}
