import { checkedSettings } from '../../../infra/settings/settings.ts'
import { settingsIn } from '../../../infra/settings/settings-file.ts'

/** The error lines for settings.yaml with these changes in a region. Empty if the settings are valid. */
export function settingMistakes(changes: object, region: string): string[] {
  try {
    checkedSettings({ ...settingsIn(), ...changes }, { file: 'settings.yaml', region })
    return []
  } catch (error) {
    return String(error).split('\n').slice(1)
  }
}
