/** The file with settings that the second deployment has besides its own. */
export const settingsFile = 'settings.json'
