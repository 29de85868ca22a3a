/** The file that the settings of a deployment are in. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { App } from 'aws-cdk-lib'
import { parse, YAMLParseError } from 'yaml'
import * as z from 'zod'
import { WrongSettings } from './setting-mistakes.ts'
import { checkedSettings, type DeploymentSettings } from './settings.ts'

/** The file of a deployment that names no other. */
const usualFile = 'settings.yaml'

const root = path.resolve(import.meta.dirname, '../..')

/** Where the settings are, and what else is known of the deployment. */
export interface SettingsPlace {
  /** Path from the repository's root; the usual file when it is left out. */
  readonly file?: string | undefined
  /** Region of the stack, when it is known. */
  readonly region: string | undefined
}

/**
 * The settings of a deployment.
 *
 * @throws {WrongSettings} when there is no such file, it is no YAML, or a setting is missing or wrong; the message has a line for
 *   each mistake
 */
export function readSettings({ file = usualFile, region }: SettingsPlace): DeploymentSettings {
  return checkedSettings(settingsIn(file), { file, region })
}

/**
 * What a file of settings has, unchecked. Names of settings are texts, also the IDs of accounts.
 *
 * @param file path from the repository's root
 * @throws {WrongSettings} when there is no such file, or it has no settings in YAML
 */
export function settingsIn(file: string = usualFile): Record<string, unknown> {
  const { data, success } = z.record(z.string(), z.unknown()).safeParse(parsed(file, textOf(file)))
  if (success) return data
  throw new WrongSettings(`${file} has no settings: write them as in ${usualFile}, a name and a value on each line`)
}

/**
 * The settings of the file that the app's context names, or else of the usual file. CDK's command line sets the region:
 * https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
 *
 * Settings that cannot be used end the process with what is wrong, without Node's stack around it.
 */
export function settingsOf(app: App): DeploymentSettings {
  try {
    return readSettings({ file: namedFile(app.node.tryGetContext('settings')), region: process.env.CDK_DEFAULT_REGION })
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error
    process.stderr.write(`${error.message}\n`)
    // The CDK's app would else be synthesized without a stack once the process has nothing left to do.
    process.exit(1)
  }
}

/** The value of the CDK's context `settings`, such as that of `cdk deploy -c settings=staging.yaml`. */
export function namedFile(context: unknown): string | undefined {
  if (context === undefined || typeof context === 'string') return context
  throw new WrongSettings('The context "settings" is no text: name one file, as in `-c settings=staging.yaml`')
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
