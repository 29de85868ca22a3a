/** For a text whose columns count. */
export const codeFont = { style: { fontFamily: 'var(--code-font)' } }
