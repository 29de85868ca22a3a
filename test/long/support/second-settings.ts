/** The file with additional settings of the second deployment. */
export const settingsFile = 'settings.json'
